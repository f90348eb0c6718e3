package org.frugaltorch.jmh.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationTest {
    @TempDir
    private Path folder;

    private void file(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
    }

    @Test
    void versionsAreThoseOfTheFiles() throws IOException {
        file("peers/djl/api-0.35.1.jar");
        file("peers/djl/pytorch-engine-0.35.1.jar");
        file("peers/djl/pytorch-native-cpu-2.7.1-linux-x86_64.jar");
        file("peers/javacpp/javacpp-1.5.13.jar");
        file("peers/javacpp/javacpp-1.5.13-linux-x86_64.jar");
        file("peers/javacpp/pytorch-2.10.0-1.5.13.jar");
        Installation installation = new Installation(folder, "own.jar");
        assertThat(installation.version(Implementation.DJL)).isEqualTo("0.35.1, libtorch 2.7.1");
        assertThat(installation.version(Implementation.JAVACPP_UNTRACKED)).isEqualTo("1.5.13, libtorch 2.10.0");
    }

    @Test
    void otherLibrariesComeBeforeOurs() {
        Installation installation = new Installation(folder, "own.jar");
        assertThat(installation.classPath(Implementation.FRUGALTORCH)).isEqualTo("own.jar");
        assertThat(installation.classPath(Implementation.DJL))
                .isEqualTo(folder.resolve("peers/djl/*") + File.pathSeparator + "own.jar");
    }

    @Test
    void withoutFilesThereIsOnlyUs() {
        assertThat(new Installation(folder, "own.jar").javaLibraries()).containsExactly(Implementation.FRUGALTORCH);
    }

    @Test
    void findsThePythonPrograms() throws IOException {
        assertThat(Installation.here().python()).hasValueSatisfying(
                programs -> assertThat(programs.resolve("bench.py")).exists());
        file("python/bench.py");
        assertThat(new Installation(folder, "").python()).contains(folder.resolve("python"));
    }
}
