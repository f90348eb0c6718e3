package org.frugaltorch.jmh.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.frugaltorch.jmh.StepFixtures;

/**
 * Runs jobs in rounds and writes what they come to after each, so that an interrupt loses nothing but the job it stops.
 * What fails is told and left out, and so is what has not begun when the time is up.
 *
 * @param java runs those of the JVM
 * @param python runs the others
 * @param results file to write
 * @param limit after which no job begins
 * @param progress is told a line a job
 */
record BenchRun(
        JavaProcesses java, Optional<PythonProcesses> python, Path results, Duration limit, Consumer<String> progress) {

    /**
     * Runs all jobs.
     *
     * @param rounds processes of each job
     * @param before results to add to
     */
    BenchResults run(List<Job> jobs, int rounds, BenchResults before) {
        List<Job> planned = Collections.nCopies(rounds, jobs).stream().flatMap(List::stream).toList();
        BenchResults all = before;
        long start = System.nanoTime();
        for (int i = 0; i < planned.size(); i++) {
            if (System.nanoTime() - start > limit.toNanos()) {
                String sentence = "the last " + (planned.size() - i) + " of " + planned.size()
                        + " processes, since the time was up: from " + planned.get(i) + " on";
                progress.accept("Left out are " + sentence);
                all = all.withFailure(sentence);
                all.write(results);
                return all;
            }
            all = add(all, planned.get(i), "[" + (i + 1) + "/" + planned.size() + "] ");
            all.write(results);
        }
        return all;
    }

    private BenchResults add(BenchResults all, Job job, String number) {
        try {
            prepare(job);
            Sample sample = job.implementation().isPython() ? python.orElseThrow().run(job) : java.run(job);
            progress.accept(number + job + " " + Durations.of(sample.seconds()));
            return all.with(job.result(sample.seconds(), sample.counters()));
        } catch (BenchmarkFailedException failure) {
            progress.accept(number + failure.getMessage());
            return all.withFailure(failure.getMessage());
        }
    }

    private void prepare(Job job) {
        String fixture = job.parameters().get("fixture");
        if (fixture != null) {
            StepFixtures.make(java.fixtures(), StepFixtures.Size.named(fixture));
        }
    }
}
