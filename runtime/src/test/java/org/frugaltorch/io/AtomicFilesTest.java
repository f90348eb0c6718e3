package org.frugaltorch.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    Path directory;

    @Test
    void writesAndReplacesAFileAndLeavesNothingElse() throws IOException {
        Path file = directory.resolve("new/parent/file.txt");
        AtomicFiles.writeString(file, "first");
        AtomicFiles.writeString(file, "Zürich");
        assertThat(file).content().isEqualTo("Zürich");
        assertThat(list(file.getParent())).containsExactly("file.txt");
    }

    @Test
    void aFailureKeepsTheOldFileAndRemovesTheTemporaryOne() throws IOException {
        Path file = directory.resolve("file");
        AtomicFiles.writeString(file, "old");
        assertThatThrownBy(() -> AtomicFiles.write(file, out -> {
            out.write(ByteBuffer.wrap(new byte[100]));
            throw new IOException("No space left on device");
        })).isInstanceOf(DataException.class).hasMessage(
                "cannot write " + file + ": the disk is full; free some space and try again");
        assertThat(file).content().isEqualTo("old");
        assertThat(list(directory)).containsExactly("file");
    }

    @Test
    void aSymbolicLinkStaysALink() throws IOException {
        Path real = Files.writeString(directory.resolve("real"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        AtomicFiles.writeString(link, "new");
        assertThat(link).isSymbolicLink();
        assertThat(real).content().isEqualTo("new");
    }

    @Test
    void saysWhatIsInTheWay() throws IOException {
        assertThatThrownBy(() -> AtomicFiles.writeString(directory, "x"))
                .isInstanceOf(DataException.class).hasMessage("cannot write " + directory + ": it is a directory");
        Path plain = Files.writeString(directory.resolve("plain"), "");
        assertThatThrownBy(() -> AtomicFiles.writeString(plain.resolve("file"), "x"))
                .isInstanceOf(DataException.class).hasMessageContaining(plain + " ");
        assertThatThrownBy(() -> AtomicDirectory.write(plain, to -> { }))
                .isInstanceOf(DataException.class).hasMessageContaining("it is a file");
    }

    @Test
    void newFilesHaveTheUsualPermissions() throws IOException {
        Path usual = Files.createFile(directory.resolve("usual"));
        Path file = directory.resolve("file");
        AtomicFiles.writeString(file, "x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo(PosixFilePermissions.toString(Files.getPosixFilePermissions(usual)));
    }

    @Test
    void replacesADirectoryAsAWhole() throws IOException {
        Path target = directory.resolve("model");
        AtomicDirectory.write(target, to -> Files.writeString(to.resolve("a"), "1"));
        AtomicDirectory.write(target, to -> {
            Files.createDirectory(to.resolve("sub"));
            Files.writeString(to.resolve("sub/b"), "2");
        });
        assertThat(list(target)).containsExactly("sub");
        assertThat(list(directory)).containsExactly("model");
    }

    @Test
    void aFailingDirectoryKeepsTheOldOne() throws IOException {
        Path target = directory.resolve("model");
        AtomicDirectory.write(target, to -> Files.writeString(to.resolve("a"), "1"));
        assertThatThrownBy(() -> AtomicDirectory.write(target, to -> {
            Files.writeString(to.resolve("a"), "2");
            throw new IllegalStateException("stop");
        })).isInstanceOf(IllegalStateException.class);
        assertThat(target.resolve("a")).content().isEqualTo("1");
        assertThat(list(directory)).containsExactly("model");
    }

    @Test
    void bringsBackADirectoryThatACrashLeftAside() throws IOException {
        Path target = directory.resolve("model");
        AtomicDirectory.write(target, to -> Files.writeString(to.resolve("a"), "1"));
        Files.move(target, AtomicDirectory.previous(target)); // what a crash between the two renames leaves
        assertThatThrownBy(() -> AtomicDirectory.write(target, to -> {
            throw new IOException("stop");
        })).isInstanceOf(DataException.class);
        assertThat(target.resolve("a")).content().isEqualTo("1");
        assertThat(list(directory)).containsExactly("model");
    }

    @Test
    void aKilledJvmLeavesTheOldContent() throws Exception {
        Path file = directory.resolve("file");
        Path target = directory.resolve("model");
        AtomicFiles.writeString(file, "old");
        AtomicDirectory.write(target, to -> Files.writeString(to.resolve("a"), "old"));
        for (String what : List.of(file.toString(), target.toString())) {
            Process writer = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-Xshare:auto",
                    "-cp", System.getProperty("java.class.path"), EndlessWriter.class.getName(), what)
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            assertThat(writer.getInputStream().read()).as("the writer is in the middle").isEqualTo('!');
            writer.destroyForcibly();
            assertThat(writer.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(file).content().isEqualTo("old");
        assertThat(target.resolve("a")).content().isEqualTo("old");
    }

    /** Writes some bytes, says so, and never finishes. */
    static final class EndlessWriter {
        public static void main(String[] arguments) {
            Path target = Path.of(arguments[0]);
            if (Files.isDirectory(target)) {
                AtomicDirectory.write(target, to -> {
                    Files.writeString(to.resolve("a"), "half");
                    report();
                });
            } else {
                AtomicFiles.write(target, out -> {
                    out.write(ByteBuffer.wrap(new byte[10]));
                    report();
                });
            }
        }

        private static void report() {
            System.out.print('!');
            System.out.flush();
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static List<String> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
