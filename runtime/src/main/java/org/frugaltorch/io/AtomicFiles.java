package org.frugaltorch.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes whole files: at every moment, and after a crash, the final name holds either what it held before or all of the
 * new content. Missing parent directories are created.
 */
public final class AtomicFiles {
    private AtomicFiles() {
    }

    /** What to put into the file. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything to {@code out}, which is open for writing at position 0. */
        void writeTo(FileChannel out) throws IOException;
    }

    /**
     * Writes {@code file} and forces it to the disk.
     *
     * @throws DataException if it cannot be written; the old file, if any, is then untouched
     */
    public static void write(Path file, Content content) {
        try {
            Path target = TemporarySibling.finalPath(file);
            if (Files.isDirectory(target)) {
                throw new DataException("cannot write " + file + ": it is a directory");
            }
            Files.createDirectories(target.getParent());
            try (TemporarySibling temporary = TemporarySibling.of(target)) {
                try (FileChannel out = FileChannel.open(
                        temporary.path(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    content.writeTo(out);
                    out.force(true);
                }
                temporary.moveTo(target);
            }
        } catch (IOException failure) {
            throw DataException.unwritable(file, failure);
        } catch (UncheckedIOException failure) {
            throw DataException.unwritable(file, failure.getCause());
        }
    }

    /** Writes {@code text} as UTF-8; see {@link #write}. */
    public static void writeString(Path file, String text) {
        writeBytes(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes {@code bytes}; see {@link #write}. */
    public static void writeBytes(Path file, byte[] bytes) {
        write(file, out -> {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        });
    }
}
