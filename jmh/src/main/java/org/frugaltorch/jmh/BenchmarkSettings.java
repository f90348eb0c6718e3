package org.frugaltorch.jmh;

import java.nio.file.Path;

/**
 * What holds for all benchmarks of a run, whichever library they measure: system properties of their processes. The
 * number of threads is not among them: every library takes it from the environment, see the README of this module.
 */
public final class BenchmarkSettings {
    /** Folder of the {@link StepFixture}s. */
    public static final String FIXTURES = "frugaltorch.bench.fixtures";

    private BenchmarkSettings() {}

    static Path fixture(String name) {
        String folder = System.getProperty(FIXTURES);
        if (folder == null) {
            throw new IllegalStateException(
                    "The training step that is the same for all libraries needs weights that are"
                    + " the same: run it by `frugal bench --only same-step`, which makes them");
        }
        return Path.of(folder, name);
    }
}
