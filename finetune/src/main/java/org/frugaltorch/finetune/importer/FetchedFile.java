package org.frugaltorch.finetune.importer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.DataException;

/** A file that one of the user's own tools fetches, kept in a cache of ours. */
final class FetchedFile {
    private FetchedFile() {
    }

    /**
     * The file at {@code target}, fetched if it is not there.
     *
     * @param command leaves one file with the ending {@code suffix} in the directory where it runs
     * @param purpose what is being fetched, for messages
     * @throws DataException if it cannot be fetched
     */
    static Path resolve(Path target, List<String> command, String suffix, String purpose) {
        if (Files.isRegularFile(target)) {
            return target;
        }
        try {
            Path work = Files.createTempDirectory("frugaltorch-fetch");
            try {
                ExternalCommand.run(command, work, purpose);
                adopt(only(work, command.getFirst(), suffix, purpose), target);
            } finally {
                deleteAll(work);
            }
        } catch (IOException failure) {
            throw DataException.unwritable(target, failure);
        }
        return target;
    }

    private static Path only(Path directory, String tool, String suffix, String purpose) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix)).findFirst().orElseThrow(
                    () -> new DataException(tool + " was to fetch " + purpose + " but left no " + suffix + " file"));
        }
    }

    /** Copies across file systems if it must, and never leaves half a file in the cache. */
    private static void adopt(Path from, Path target) {
        AtomicFiles.write(target, out -> {
            try (var in = Files.newByteChannel(from)) {
                for (long at = 0; at < in.size();) {
                    at += out.transferFrom(in, at, in.size() - at);
                }
            }
        });
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    /** Where fetched files stay. */
    static Path cache() {
        return cacheDirectory(System.getenv("XDG_CACHE_HOME"));
    }

    static Path cacheDirectory(String xdgCacheHome) {
        Path caches = xdgCacheHome == null || xdgCacheHome.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(xdgCacheHome);
        return caches.resolve("frugaltorch").toAbsolutePath();
    }
}
