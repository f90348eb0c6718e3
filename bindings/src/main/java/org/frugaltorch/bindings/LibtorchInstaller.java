package org.frugaltorch.bindings;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Unpacks libtorch's native libraries from their Maven archives into the user's cache.
 *
 * <p>A folder appears under its final name only when it is whole: everything is written and flushed in a sibling
 * folder that is renamed last. A folder that lost something since is replaced. A lock lets several builds run at once.
 */
public final class LibtorchInstaller {

    private static final String UNFINISHED = ".part";

    /** Tells how many bytes can still be written to a folder's disk. */
    interface FreeSpace {
        long of(Path folder) throws IOException;
    }

    private final Path cacheRoot;
    private final FreeSpace freeSpace;

    LibtorchInstaller(Path cacheRoot, FreeSpace freeSpace) {
        this.cacheRoot = cacheRoot;
        this.freeSpace = freeSpace;
    }

    /** Installs into the cache of the user that runs this process. */
    static LibtorchInstaller forUser(Surroundings surroundings) {
        return new LibtorchInstaller(surroundings.cacheRoot(), folder -> Files.getFileStore(folder).getUsableSpace());
    }

    /** The folder of the user that keeps what was unpacked; need not exist yet. */
    public static Path cacheRoot() {
        return Surroundings.ofProcess().cacheRoot();
    }

    /**
     * Unpacks the default libtorch from the archives that an earlier build left in the local Maven repository.
     *
     * @return the folder with the libraries
     * @throws LibtorchLoadException in one sentence, when the archives are not there or cannot be unpacked
     */
    public static Path installDefault() {
        Surroundings surroundings = Surroundings.ofProcess();
        LibtorchDefaults defaults = LibtorchDefaults.load();
        List<Path> archives = defaults.archives(surroundings.mavenRepository());
        for (Path archive : archives) {
            if (!Files.isRegularFile(archive)) {
                throw new LibtorchLoadException("The local Maven repository has no " + archive
                        + ": run `mvn process-classes -pl bindings` in the project's folder, which downloads and unpacks it");
            }
        }
        return forUser(surroundings).install(defaults.folderName(), archives);
    }

    /**
     * Makes sure that the folder {@code name} of the cache holds libtorch from {@code archives}.
     *
     * @return that folder
     * @throws LibtorchLoadException in one sentence, when it cannot be done
     */
    Path install(String name, List<Path> archives) {
        return install(name, LibtorchLocator.MAIN_LIBRARY, archives);
    }

    /**
     * Makes sure that the folder {@code name} of the cache holds the libraries of {@code archives}.
     *
     * @param mainLibrary how the name begins of the library without which the others are of no use
     * @return that folder
     * @throws LibtorchLoadException in one sentence, when it cannot be done
     */
    Path install(String name, String mainLibrary, List<Path> archives) {
        Path home = cacheRoot.resolve(name);
        try {
            Map<String, Long> sources = sizes(archives);
            if (isInstalled(home, sources)) {
                return home;
            }
            Files.createDirectories(cacheRoot);
            InstallLock.runHolding(cacheRoot.resolve("." + name + ".lock"), () -> {
                if (!isInstalled(home, sources)) {
                    deleteUnfinished(name);
                    unpack(home, mainLibrary, archives, sources);
                }
            });
            return home;
        } catch (IOException e) {
            throw new LibtorchLoadException(explain(e), e);
        }
    }

    private String explain(IOException e) {
        String reason = e.getMessage() != null && e.getMessage().contains("No space left") ? "the disk is full" : e.toString();
        return "Native libraries could not be unpacked into " + cacheRoot + " (" + reason + "): make room or make it writable, "
                + "or name another folder in FRUGALTORCH_CACHE";
    }

    private static Map<String, Long> sizes(List<Path> archives) throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        for (Path archive : archives) {
            try {
                sizes.put(archive.getFileName().toString(), Files.size(archive));
            } catch (NoSuchFileException e) {
                throw new LibtorchLoadException("There is no archive " + archive + " to unpack libraries from", e);
            }
        }
        return sizes;
    }

    private static boolean isInstalled(Path home, Map<String, Long> sources) throws IOException {
        var manifest = InstallManifest.read(home);
        return manifest.isPresent() && manifest.get().sources().equals(sources) && manifest.get().isComplete(home);
    }

    private void unpack(Path home, String mainLibrary, List<Path> archives, Map<String, Long> sources) throws IOException {
        List<NativeArchive> open = new ArrayList<>();
        try {
            Map<String, Path> libraries = new TreeMap<>();
            for (Path archive : archives) {
                open.add(NativeArchive.open(archive));
                libraries.putAll(open.getLast().libraries());
            }
            if (libraries.keySet().stream().noneMatch(name -> name.startsWith(mainLibrary))) {
                throw new LibtorchLoadException("None of " + archives + " holds " + mainLibrary);
            }
            Map<String, Long> files = new TreeMap<>();
            for (Map.Entry<String, Path> library : libraries.entrySet()) {
                files.put(library.getKey(), Files.size(library.getValue()));
            }
            requireSpace(home.getFileName().toString(), files.values().stream().mapToLong(Long::longValue).sum());
            // Any process that dies from here on leaves a folder that the next one recognises and deletes. Others may read
            // it as far as the user's mask lets them, unlike a temporary folder.
            Path part = Files.createDirectory(cacheRoot.resolve("." + home.getFileName() + "."
                    + Long.toHexString(ThreadLocalRandom.current().nextLong()) + UNFINISHED));
            try {
                write(part, libraries, new InstallManifest(sources, files));
                publish(part, home);
            } catch (IOException | RuntimeException e) {
                deleteTree(part);
                throw e;
            }
        } finally {
            for (NativeArchive archive : open) {
                archive.close();
            }
        }
    }

    private void requireSpace(String home, long needed) throws IOException {
        long free = freeSpace.of(cacheRoot);
        if (free < needed) {
            throw new LibtorchLoadException(home + " takes " + needed / 1_000_000 + " MB and the disk of " + cacheRoot
                    + " has only " + free / 1_000_000 + " MB free: make room, or name another folder in FRUGALTORCH_CACHE");
        }
    }

    private static void write(Path folder, Map<String, Path> libraries, InstallManifest manifest) throws IOException {
        for (Map.Entry<String, Path> library : libraries.entrySet()) {
            Path file = folder.resolve(library.getKey());
            Files.copy(library.getValue(), file);
            flush(file);
        }
        Path file = folder.resolve(InstallManifest.FILE_NAME);
        Files.writeString(file, manifest.text());
        flush(file);
        if (!manifest.isComplete(folder)) {
            throw new IOException("a file of " + folder + " came out at the wrong size");
        }
    }

    private void publish(Path part, Path home) throws IOException {
        if (Files.exists(home)) {
            // A process may be running on the torn folder: moving it away leaves that process what it has mapped.
            Path old = home.resolveSibling(part.getFileName() + ".old" + UNFINISHED);
            Files.move(home, old, StandardCopyOption.ATOMIC_MOVE);
            Files.move(part, home, StandardCopyOption.ATOMIC_MOVE);
            deleteTree(old);
        } else {
            Files.move(part, home, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void deleteUnfinished(String name) throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(cacheRoot, "." + name + ".*")) {
            for (Path leftover : leftovers) {
                if (Files.isDirectory(leftover)) {
                    deleteTree(leftover);
                }
            }
        }
    }

    private static void flush(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /**
     * Run by the build: unpacks the default libtorch from the archives named as arguments.
     *
     * @param arguments paths of the archives
     */
    public static void main(String[] arguments) {
        try {
            List<Path> archives = Arrays.stream(arguments).map(Path::of).toList();
            Surroundings surroundings = Surroundings.ofProcess();
            String name = LibtorchDefaults.load().folderName();
            boolean there = Files.isDirectory(surroundings.cacheRoot().resolve(name));
            Path home = forUser(surroundings).install(name, archives);
            if (!there) {
                try (Stream<Path> files = Files.list(home)) {
                    System.out.println("libtorch: unpacked " + (files.count() - 1) + " libraries into " + home);
                }
            }
        } catch (LibtorchLoadException | IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }
}
