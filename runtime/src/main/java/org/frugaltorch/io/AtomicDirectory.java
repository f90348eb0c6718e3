package org.frugaltorch.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes whole directories: all files are written to a hidden sibling, forced to the disk, and renamed into place.
 *
 * <p>An existing directory is first renamed to {@code .NAME.old}, as no portable call swaps two directories. A crash
 * between the two renames leaves the old directory complete under that name, and the next write brings it back first.
 */
public final class AtomicDirectory {
    private AtomicDirectory() {
    }

    /** What to put into the directory. */
    @FunctionalInterface
    public interface Content {
        /** Creates all files below {@code directory}, which exists and is empty. */
        void writeTo(Path directory) throws IOException;
    }

    /**
     * Writes {@code directory}, replacing one that exists with all it holds.
     *
     * @throws DataException if it cannot be written; the old directory, if any, is then untouched
     */
    public static void write(Path directory, Content content) {
        try {
            Path target = TemporarySibling.finalPath(directory);
            if (Files.isRegularFile(target)) {
                throw new DataException("cannot write the directory " + directory + ": it is a file");
            }
            Files.createDirectories(target.getParent());
            restore(target);
            try (TemporarySibling temporary = TemporarySibling.of(target)) {
                Files.createDirectory(temporary.path());
                content.writeTo(temporary.path());
                sync(temporary.path());
                replace(target, temporary);
            }
        } catch (IOException failure) {
            throw DataException.unwritable(directory, failure);
        } catch (UncheckedIOException failure) {
            throw DataException.unwritable(directory, failure.getCause());
        }
    }

    /** Where the previous content of {@code directory} is while a new one takes its place. */
    public static Path previous(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        return absolute.resolveSibling("." + absolute.getFileName() + ".old");
    }

    /**
     * Brings back the content of {@code directory} if a crash fell between the two renames of a replacement; otherwise does
     * nothing. For readers that must not take such a directory for missing.
     */
    public static void recover(Path directory) {
        try {
            restore(TemporarySibling.finalPath(directory));
        } catch (IOException failure) {
            throw DataException.unreadable(directory, failure);
        }
    }

    /**
     * Removes {@code directory} with all it holds, if it exists: its name is gone before the first file is.
     *
     * @throws DataException if it cannot be removed
     */
    public static void delete(Path directory) {
        try {
            Path target = TemporarySibling.finalPath(directory);
            restore(target);
            if (!Files.exists(target)) {
                return;
            }
            try (TemporarySibling leaving = TemporarySibling.of(target)) {
                Files.move(target, leaving.path(), StandardCopyOption.ATOMIC_MOVE);
                TemporarySibling.deleteTree(leaving.path());
            }
        } catch (IOException failure) {
            throw DataException.unwritable(directory, failure);
        }
    }

    private static void replace(Path target, TemporarySibling temporary) throws IOException {
        if (!Files.exists(target)) {
            temporary.moveTo(target);
            return;
        }
        Path previous = previous(target);
        TemporarySibling.whileNamesMayChange(() -> {
            Files.move(target, previous, StandardCopyOption.ATOMIC_MOVE);
            try {
                temporary.moveTo(target);
            } catch (IOException failure) {
                if (!Files.exists(target)) {
                    Files.move(previous, target, StandardCopyOption.ATOMIC_MOVE);
                }
                throw failure;
            }
        });
        TemporarySibling.deleteQuietly(previous);
    }

    /** Finishes what an interrupted write left: back to the old directory if the new one never arrived. */
    private static void restore(Path target) throws IOException {
        Path previous = previous(target);
        if (!Files.exists(previous)) {
            return;
        }
        if (Files.exists(target)) {
            TemporarySibling.deleteTree(previous);
        } else {
            Files.move(previous, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /**
     * Whether a file or directory is in a directory, or is that: then it would go with it.
     *
     * @throws DataException if that cannot be found out
     */
    public static boolean holds(Path directory, Path path) {
        try {
            return Files.exists(directory) && Files.exists(path)
                    && path.toRealPath().startsWith(directory.toRealPath());
        } catch (IOException failure) {
            throw DataException.unreadable(path, failure);
        }
    }

    private static void sync(Path root) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(root)) {
            paths = walk.toList();
        }
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                TemporarySibling.syncDirectory(path);
            } else {
                // To read is enough, and all that copies of files allow that nobody may write to.
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                    channel.force(true);
                }
            }
        }
    }
}
