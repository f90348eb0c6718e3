package org.frugaltorch.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A hidden file or directory beside the final one, so that renaming it stays within one file system.
 * What an interrupted JVM was writing is removed by a shutdown hook; only a killed one leaves it behind.
 *
 * <p>From the moment the hook runs, no name changes any more: whoever would begin, rename or clean up waits, until the JVM
 * is gone. So an interrupt falls before a replacement or behind it, and never shows as a failure to write.
 */
final class TemporarySibling implements AutoCloseable {
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private static final ReentrantLock NAMES = new ReentrantLock();
    private static final int CLEANING_ATTEMPTS = 20; // the interrupted thread may still be adding files

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            NAMES.lock(); // and never unlocked
            OPEN.forEach(TemporarySibling::deletePersistently);
        }));
    }

    private final Path path;

    private TemporarySibling(Path path) {
        this.path = path;
    }

    static TemporarySibling of(Path target) throws IOException {
        String unique = UUID.randomUUID().toString().substring(0, 8);
        Path path = target.resolveSibling("." + target.getFileName() + "." + unique + ".tmp");
        whileNamesMayChange(() -> OPEN.add(path));
        return new TemporarySibling(path);
    }

    /** Some changes of names that belong together. */
    @FunctionalInterface
    interface Renaming {
        void run() throws IOException;
    }

    /** Runs all of {@code renaming} before a shutdown, or none of it. */
    static void whileNamesMayChange(Renaming renaming) throws IOException {
        NAMES.lock();
        try {
            renaming.run();
        } finally {
            NAMES.unlock();
        }
    }

    /** The final place of {@code target}: absolute, symbolic links followed so that a link stays a link. */
    static Path finalPath(Path target) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        if (absolute.getFileName() == null) {
            throw new DataException("cannot write " + target + ": name a file or directory below the root");
        }
        return Files.exists(absolute) ? absolute.toRealPath() : absolute;
    }

    Path path() {
        return path;
    }

    void moveTo(Path target) throws IOException {
        whileNamesMayChange(() -> Files.move(
                path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING));
        syncDirectory(target.getParent());
    }

    @Override
    public void close() {
        NAMES.lock();
        try {
            OPEN.remove(path);
        } finally {
            NAMES.unlock();
        }
        deleteQuietly(path);
    }

    /** Makes renames and new names in {@code directory} survive a power cut, where the platform can. */
    static void syncDirectory(Path directory) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(directory, StandardOpenOption.READ);
        } catch (IOException notOnThisPlatform) {
            return; // Windows opens no directories and needs no such call
        }
        try (channel) {
            channel.force(true);
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void deletePersistently(Path root) {
        for (int attempt = 0; attempt < CLEANING_ATTEMPTS && Files.exists(root); attempt++) {
            deleteQuietly(root);
        }
    }

    static void deleteQuietly(Path root) {
        try {
            deleteTree(root);
        } catch (IOException leftBehind) {
            // A stray hidden file is harmless, and must not hide the failure that led here.
        }
    }
}
