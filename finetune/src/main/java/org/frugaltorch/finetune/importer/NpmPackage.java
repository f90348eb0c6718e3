package org.frugaltorch.finetune.importer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.DataException;

/** An npm package, fetched by the user's own {@code npm} into a cache of ours. */
public record NpmPackage(String name, String version) {
    /**
     * The package's {@code .tgz} on this machine, fetched if need be.
     *
     * @throws DataException if it is not in the cache and cannot be fetched
     */
    public Path resolve() {
        return resolve(cacheDirectory(System.getenv("XDG_CACHE_HOME")), List.of(ExternalCommand.script("npm")));
    }

    Path resolve(Path cache, List<String> npm) {
        Path archive = cache.resolve("npm").resolve(name.replace("@", "").replace('/', '-') + "-" + version + ".tgz");
        if (Files.isRegularFile(archive)) {
            return archive;
        }
        try {
            Path work = Files.createTempDirectory("frugaltorch-npm");
            try {
                List<String> command =
                        Stream.concat(npm.stream(), Stream.of("pack", "--silent", name + "@" + version)).toList();
                ExternalCommand.run(command, work, "the npm package " + this);
                adopt(only(work), archive);
            } finally {
                deleteAll(work);
            }
        } catch (IOException failure) {
            throw DataException.unwritable(archive, failure);
        }
        return archive;
    }

    private Path only(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".tgz")).findFirst().orElseThrow(
                    () -> new DataException("npm fetched " + this + " but left no .tgz file"));
        }
    }

    /** Copies across file systems if it must, and never leaves half an archive in the cache. */
    private static void adopt(Path from, Path archive) {
        AtomicFiles.write(archive, out -> {
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

    static Path cacheDirectory(String xdgCacheHome) {
        Path caches = xdgCacheHome == null || xdgCacheHome.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(xdgCacheHome);
        return caches.resolve("frugaltorch").toAbsolutePath();
    }

    /** The package as npm names it, {@code name@version}. */
    @Override
    public String toString() {
        return name + "@" + version;
    }
}
