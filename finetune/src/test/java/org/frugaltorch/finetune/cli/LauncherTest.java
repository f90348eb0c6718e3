package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code frugal}, on a project of its own with programs that only say how they were called. */
@EnabledOnOs(OS.LINUX)
class LauncherTest {

    private static final Path SCRIPT = Path.of("..", "frugal");

    @TempDir
    private Path temporary;

    private final Map<String, String> variables = new HashMap<>();
    private Path project;
    private Path jar;

    record Outcome(int exitCode, List<String> out, String err) {}

    @BeforeEach
    void makeAProjectThatIsBuilt() throws IOException {
        project = Files.createDirectories(temporary.resolve("the project"));
        Files.copy(SCRIPT, project.resolve("frugal"));
        jar = Files.createDirectories(project.resolve("finetune/target/lib")).resolve("finetune-1.jar");
        Files.writeString(jar, "");
        variables.put("PATH", "/usr/bin:/bin");
        variables.put("HOME", temporary.toString());
    }

    private Path jdk(String name, int version) throws IOException {
        Path home = temporary.resolve(name);
        program(home.resolve("bin/java"), "for word in \"$@\"; do echo \"[$word]\"; done; exit 7");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + ".0.1\"\n");
        return home;
    }

    private static void program(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Outcome run(Path script, String... arguments) throws Exception {
        Path out = temporary.resolve("out.txt");
        Path err = temporary.resolve("err.txt");
        List<String> command = Stream.concat(Stream.of(script.toString()), Stream.of(arguments)).toList();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(temporary.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(variables);
        Process process = builder.start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), Files.readAllLines(out), Files.readString(err, StandardCharsets.UTF_8));
    }

    @Test
    void forwardsArgumentsAsTheyAreAndTheExitCode() throws Exception {
        variables.put("FRUGAL_JAVA_HOME", jdk("jdk", 25).toString());
        variables.put("FRUGAL_JAVA_OPTIONS", "-Xmx3g -Dx=y");

        Outcome outcome = run(project.resolve("frugal"), "train", "two words", "", "--glob=*");

        assertThat(outcome.exitCode()).isEqualTo(7);
        assertThat(outcome.out()).contains("[-Xmx3g]", "[-Dx=y]", "[" + jar.getParent() + "]");
        assertThat(outcome.out()).endsWith("[org.frugaltorch.finetune/org.frugaltorch.finetune.cli.Frugal]",
                "[train]", "[two words]", "[]", "[--glob=*]");
        assertThat(outcome.out().getFirst()).startsWith("[--enable-native-access=org.frugaltorch.bindings");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void worksThroughSymbolicLinks() throws Exception {
        variables.put("FRUGAL_JAVA_HOME", jdk("jdk", 22).toString());
        Path absolute = Files.createSymbolicLink(temporary.resolve("absolute"), project.resolve("frugal"));
        Path relative = Files.createSymbolicLink(temporary.resolve("relative"), Path.of("absolute"));

        assertThat(run(relative).out()).contains("[" + jar.getParent() + "]");
        assertThat(absolute).isSymbolicLink();
    }

    @Test
    void anOldOrWrongJavaThatWasNamedIsRefused() throws Exception {
        variables.put("FRUGAL_JAVA_HOME", jdk("old", 17).toString());
        Outcome old = run(project.resolve("frugal"));
        assertThat(old.exitCode()).isEqualTo(1);
        assertThat(old.err().strip()).isEqualTo("frugal: FRUGAL_JAVA_HOME is set to a Java 17, and FrugalTorch needs Java 22 or newer");

        variables.put("FRUGAL_JAVA_HOME", "/nowhere");
        assertThat(run(project.resolve("frugal")).err()).contains("FRUGAL_JAVA_HOME is set to /nowhere, which has no bin/java");
    }

    @Test
    void anOldJavaOfOtherSettingsIsPassedOver() throws Exception {
        variables.put("JAVA_HOME", jdk("old", 17).toString());
        variables.put("PATH", jdk("new", 23).resolve("bin") + ":/usr/bin:/bin");

        assertThat(run(project.resolve("frugal")).exitCode()).isEqualTo(7);
    }

    @Test
    void buildsWhenASourceIsNewerAndOnlyThen() throws Exception {
        variables.put("FRUGAL_JAVA_HOME", jdk("jdk", 25).toString());
        program(temporary.resolve("bin/mvn"), "echo \"mvn $*\"; touch built");
        variables.put("PATH", temporary.resolve("bin") + ":/usr/bin:/bin");
        Path source = Files.createDirectories(project.resolve("finetune/src/main")).resolve("A.java");
        Files.writeString(source, "");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000));

        Outcome first = run(project.resolve("frugal"));
        assertThat(first.err()).contains("frugal: building", "mvn -q -B -DskipTests -pl finetune -am package");
        assertThat(first.out()).noneMatch(line -> line.contains("mvn"));
        assertThat(first.exitCode()).isEqualTo(7);
        assertThat(project.resolve("built")).exists();

        assertThat(run(project.resolve("frugal")).err()).isEmpty();
    }

    @Test
    void aFailedBuildIsOneSentenceAndExitCodeOne() throws Exception {
        variables.put("FRUGAL_JAVA_HOME", jdk("jdk", 25).toString());
        program(temporary.resolve("bin/mvn"), "exit 1");
        variables.put("PATH", temporary.resolve("bin") + ":/usr/bin:/bin");
        Files.delete(jar);

        Outcome outcome = run(project.resolve("frugal"));
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("frugal: the build failed");
        assertThat(project.resolve("target/frugal.lock")).doesNotExist();
    }

    private void makeBenchmarksThatAreBuilt() throws IOException {
        Files.createDirectories(project.resolve("jmh/src/main"));
        Files.createDirectories(project.resolve("jmh/target"));
        Files.writeString(project.resolve("jmh/target/benchmarks.jar"), "");
    }

    @Test
    void benchmarksRunFromAClassPathOfTheirOwn() throws Exception {
        variables.put("FRUGAL_JAVA_HOME", jdk("jdk", 25).toString());
        variables.put("FRUGAL_JAVA_OPTIONS", "-Dx=y");
        makeBenchmarksThatAreBuilt();

        Outcome outcome = run(project.resolve("frugal"), "bench", "--only", "two words");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("[-Dx=y]", "[" + project.resolve("jmh/target/benchmarks.jar") + "]");
        assertThat(outcome.out())
                .endsWith("[org.frugaltorch.finetune.cli.Frugal]", "[bench]", "[--only]", "[two words]");
    }

    @Test
    void benchmarksAreBuiltWhenTheyAreAskedFor() throws Exception {
        variables.put("FRUGAL_JAVA_HOME", jdk("jdk", 25).toString());
        program(temporary.resolve("bin/mvn"), """
                echo "mvn $*"
                classes=jmh/target/classes/org/frugaltorch/jmh
                mkdir -p jmh/target/peers $classes
                touch $classes/DjlBenchmark.class jmh/target/benchmarks.jar""");
        variables.put("PATH", temporary.resolve("bin") + ":/usr/bin:/bin");
        Files.createDirectories(project.resolve("jmh/src"));
        Files.createDirectories(project.resolve("finetune/src/main"));

        assertThat(run(project.resolve("frugal"), "bench", "--peers").err())
                .contains("mvn -q -B -DskipTests -Ppeers -pl jmh -am package");
        assertThat(run(project.resolve("frugal"), "bench").err()).isEmpty();

        Path source = Files.createDirectories(project.resolve("jmh/src/peers")).resolve("A.java");
        Files.writeString(source, "");
        Files.setLastModifiedTime(source, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
        // Once there, the other libraries stay.
        assertThat(run(project.resolve("frugal"), "bench").err())
                .contains("mvn -q -B -DskipTests -Ppeers -pl jmh -am package");

        Files.setLastModifiedTime(source, FileTime.fromMillis(1_000));
        Files.delete(project.resolve("jmh/target/classes/org/frugaltorch/jmh/DjlBenchmark.class"));
        assertThat(run(project.resolve("frugal"), "bench").err()).contains("-Ppeers");
    }

    @Test
    void benchmarksNeedSources() throws Exception {
        variables.put("FRUGAL_JAVA_HOME", jdk("jdk", 25).toString());
        Outcome outcome = run(project.resolve("frugal"), "bench");
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err().strip()).isEqualTo(
                "frugal: bench needs the sources of FrugalTorch, and " + project + " has no folder jmh/src");
    }
}
