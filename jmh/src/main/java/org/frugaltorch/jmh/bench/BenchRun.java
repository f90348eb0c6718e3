package org.frugaltorch.jmh.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.frugaltorch.jmh.StepFixtures;

/**
 * Runs jobs in rounds and writes what they come to after each, so that an interrupt loses nothing but the job it stops.
 * What fails is told and left out.
 *
 * @param java runs those of the JVM
 * @param python runs the others
 * @param results file to write
 * @param progress is told a line a job
 */
record BenchRun(JavaProcesses java, Optional<PythonProcesses> python, Path results, Consumer<String> progress) {

    /**
     * Runs all jobs.
     *
     * @param rounds processes of each job
     * @param before results to add to
     */
    BenchResults run(List<Job> jobs, int rounds, BenchResults before) {
        BenchResults all = before;
        int done = 0;
        for (int round = 0; round < rounds; round++) {
            for (Job job : jobs) {
                String line = "[" + ++done + "/" + rounds * jobs.size() + "] " + job;
                try {
                    prepare(job);
                    Sample sample = job.implementation().isPython() ? python.orElseThrow().run(job) : java.run(job);
                    all = all.with(job.result(sample.seconds(), sample.counters()));
                    progress.accept(line + " " + Durations.of(sample.seconds()));
                } catch (BenchmarkFailedException failure) {
                    all = all.withFailure(failure.getMessage());
                    progress.accept(line + " failed");
                }
                all.write(results);
            }
        }
        return all;
    }

    private void prepare(Job job) {
        String fixture = job.parameters().get("fixture");
        if (fixture != null) {
            StepFixtures.make(java.fixtures(), StepFixtures.Size.named(fixture));
        }
    }
}
