package org.frugaltorch.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibtorchInstallerTest {

    private static final String NAME = "libtorch-9.9-linux-x86_64";

    @TempDir
    private Path temporary;

    private Path cache;
    private List<Path> archives;

    @BeforeEach
    void writeArchives() throws IOException {
        cache = temporary.resolve("cache");
        archives = List.of(TestArchives.pytorch(temporary, 5_000), TestArchives.openblas(temporary));
    }

    private LibtorchInstaller installer() {
        return new LibtorchInstaller(cache, folder -> Long.MAX_VALUE);
    }

    @Test
    void unpacksWhatIsNeededAndNothingElse() throws IOException {
        Path home = installer().install(NAME, archives);

        assertThat(home).isEqualTo(cache.resolve(NAME));
        assertThat(names(home)).containsExactly("frugaltorch.manifest", "libc10.so", "libgfortran.so.5", "libgomp.so.1",
                "libopenblas.so.0", "libquadmath.so.0", "libtorch.so", "libtorch_cpu.so");
        assertThat(home.resolve("libtorch_cpu.so")).hasSize(5_000);
        assertThat(InstallManifest.describesComplete(home)).isTrue();
        assertThat(names(cache)).containsExactly("." + NAME + ".lock", NAME);
    }

    @Test
    void aSecondRunTouchesNothing() throws IOException {
        Path home = installer().install(NAME, archives);
        Path library = home.resolve("libtorch_cpu.so");
        Files.setLastModifiedTime(library, FileTime.fromMillis(1_000));

        installer().install(NAME, archives);

        assertThat(Files.getLastModifiedTime(library)).isEqualTo(FileTime.fromMillis(1_000));
    }

    @Test
    void aTornFolderIsReplaced() throws IOException {
        Path home = installer().install(NAME, archives);
        Files.write(home.resolve("libtorch_cpu.so"), new byte[7]);
        Files.delete(home.resolve("libc10.so"));

        installer().install(NAME, archives);

        assertThat(home.resolve("libtorch_cpu.so")).hasSize(5_000);
        assertThat(home.resolve("libc10.so")).hasSize(100);
        assertThat(names(cache)).containsExactly("." + NAME + ".lock", NAME);
    }

    @Test
    void aFolderWithoutManifestIsReplaced() throws IOException {
        Path home = Files.createDirectories(cache.resolve(NAME));
        Files.write(home.resolve("libtorch_cpu.so"), new byte[5_000]);

        installer().install(NAME, archives);

        assertThat(InstallManifest.describesComplete(home)).isTrue();
    }

    @Test
    void newArchivesReplaceOldLibraries() throws IOException {
        Path home = installer().install(NAME, archives);
        List<Path> newer = List.of(TestArchives.pytorch(temporary, 6_000), archives.getLast());

        installer().install(NAME, newer);

        assertThat(home.resolve("libtorch_cpu.so")).hasSize(6_000);
    }

    @Test
    void killedInTheMiddleLeavesNothingUnderTheNameAndTheNextRunCleansUp() throws Exception {
        Path big = TestArchives.pytorch(Files.createDirectory(temporary.resolve("big")), 200_000_000);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dfrugaltorch.cache=" + cache, "-cp", Path.of("target", "classes").toString(),
                        LibtorchInstaller.class.getName(), big.toString(), archives.getLast().toString())
                .inheritIO()
                .start();
        String name = LibtorchDefaults.load().folderName();
        waitUntilUnpacking(process, name);
        process.destroyForcibly().waitFor();

        assertThat(cache.resolve(name)).doesNotExist();
        assertThat(names(cache)).anyMatch(file -> file.endsWith(".part"));

        installer().install(name, archives);

        assertThat(InstallManifest.describesComplete(cache.resolve(name))).isTrue();
        assertThat(names(cache)).containsExactly("." + name + ".lock", name);
    }

    private void waitUntilUnpacking(Process process, String name) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            assertThat(process.isAlive() && System.nanoTime() < deadline).as("still unpacking").isTrue();
            if (Files.isDirectory(cache)) {
                try (Stream<Path> files = Files.walk(cache)) {
                    if (files.anyMatch(file -> file.endsWith("libtorch_cpu.so"))) {
                        return;
                    }
                }
            }
            Thread.sleep(2);
        }
    }

    @Test
    void manyAtOnceAgree() throws Exception {
        List<Future<Path>> homes = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 8; i++) {
                homes.add(threads.submit(() -> installer().install(NAME, archives)));
            }
            for (Future<Path> home : homes) {
                assertThat(home.get(30, TimeUnit.SECONDS)).isEqualTo(cache.resolve(NAME));
            }
        }
        assertThat(InstallManifest.describesComplete(cache.resolve(NAME))).isTrue();
        assertThat(names(cache)).containsExactly("." + NAME + ".lock", NAME);
    }

    @Test
    void aFullDiskIsToldBeforeAnythingIsWritten() throws IOException {
        LibtorchInstaller installer = new LibtorchInstaller(cache, folder -> 1_000);

        assertThatThrownBy(() -> installer.install(NAME, archives))
                .isInstanceOf(LibtorchLoadException.class)
                .hasMessageContainingAll("has only", "MB free", cache.toString(), "FRUGALTORCH_CACHE");
        assertThat(names(cache)).containsExactly("." + NAME + ".lock");
    }

    @Test
    void aCacheThatIsAFileIsOneSentence() throws IOException {
        Files.writeString(cache, "in the way");

        assertThatThrownBy(() -> installer().install(NAME, archives))
                .isInstanceOf(LibtorchLoadException.class)
                .hasMessageContainingAll("could not be unpacked into " + cache, "FRUGALTORCH_CACHE");
    }

    @Test
    void badArchivesAreNamed() throws IOException {
        Path missing = temporary.resolve("none.jar");
        Path broken = Files.writeString(temporary.resolve("broken.jar"), "no archive at all");

        assertThatThrownBy(() -> installer().install(NAME, List.of(missing)))
                .isInstanceOf(LibtorchLoadException.class).hasMessageContaining("no archive " + missing);
        assertThatThrownBy(() -> installer().install(NAME, List.of(broken)))
                .isInstanceOf(LibtorchLoadException.class).hasMessageContaining(broken + " is not a readable archive");
        assertThatThrownBy(() -> installer().install(NAME, List.of(archives.getLast())))
                .isInstanceOf(LibtorchLoadException.class).hasMessageContaining("holds libtorch_cpu.so");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
