package org.frugaltorch.jmh.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ChildEnvironmentTest {
    private final ChildEnvironment environment = ChildEnvironment.of(3, Map.of("OMP_WAIT_POLICY", "it's"));

    @TempDir
    private Path folder;

    @Test
    void isGivenToProcesses() {
        ProcessBuilder process = new ProcessBuilder("true");
        process.environment().put("OPENBLAS_THREAD_TIMEOUT", "16");
        environment.applyTo(process);
        assertThat(process.environment())
                .containsEntry("OMP_NUM_THREADS", "3").containsEntry("OPENBLAS_NUM_THREADS", "3")
                .containsEntry("MKL_NUM_THREADS", "3").containsEntry("OMP_WAIT_POLICY", "it's")
                .doesNotContainKey("OPENBLAS_THREAD_TIMEOUT");
    }

    @Test
    void startsJavaInIt() throws Exception {
        List<String> lines = Files.readAllLines(environment.writeJava(folder.resolve("work")));
        assertThat(lines).startsWith("#!/bin/sh", "export OMP_NUM_THREADS='3'")
                .contains("export OMP_WAIT_POLICY='it'\\''s'", "unset OPENBLAS_THREAD_TIMEOUT");

        Path program = environment.writeJava(folder.resolve("work"));
        Process process = new ProcessBuilder(program.toString(), "-version").start();
        assertThat(new String(process.getErrorStream().readAllBytes())).contains("version");
        assertThat(process.waitFor()).isZero();
    }
}
