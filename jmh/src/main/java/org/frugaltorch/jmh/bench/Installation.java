package org.frugaltorch.jmh.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the parts lie: in a build's {@code target} folder, or in a folder that was packed to be taken elsewhere.
 *
 * @param folder that holds the benchmarks, and {@code peers} if there are any
 * @param classPath of this program, which is that of our processes too
 */
record Installation(Path folder, String classPath) {
    /** The one this program runs from. */
    static Installation here() {
        try {
            Path own = Path.of(Installation.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return new Installation(own.getParent(), System.getProperty("java.class.path"));
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Whether the library can be run in a process of Java. */
    boolean has(Implementation implementation) {
        return implementation.isOurs() || !implementation.isPython()
                && Files.isDirectory(peer(implementation)) && isCompiled(implementation.stepBenchmark());
    }

    private static boolean isCompiled(String className) {
        return Installation.class.getResource("/" + className.replace('.', '/') + ".class") != null;
    }

    private Path peer(Implementation implementation) {
        return folder.resolve("peers").resolve(implementation.key());
    }

    /** The class path of a library's processes; its own versions of what we use too come first. */
    String classPath(Implementation implementation) {
        return implementation.isOurs()
                ? classPath
                : peer(implementation).resolve("*") + File.pathSeparator + classPath;
    }

    /** The folder of the Python programs. */
    Optional<Path> python() {
        return Stream.of(folder.resolve("python"), folder.resolveSibling("python"))
                .filter(candidate -> Files.exists(candidate.resolve("bench.py"))).findFirst();
    }

    /** The versions of a library in Java and of its libtorch, as the names of its files tell. */
    String version(Implementation implementation) {
        return switch (implementation) {
            case DJL -> version(implementation, "pytorch-engine-(\\d[\\d.]*\\d)\\.jar") + ", libtorch "
                    + version(implementation, "pytorch-native-cpu-(\\d[\\d.]*\\d)-.*\\.jar");
            case JAVACPP, JAVACPP_UNTRACKED -> version(implementation, "javacpp-(\\d[\\d.]*\\d)\\.jar") + ", libtorch "
                    + version(implementation, "pytorch-(\\d[\\d.]*\\d)-[\\d.]*\\d\\.jar");
            default -> throw new IllegalArgumentException(implementation + " has no files here");
        };
    }

    private String version(Implementation implementation, String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        try (Stream<Path> files = Files.list(peer(implementation))) {
            return files.map(file -> compiled.matcher(file.getFileName().toString())).filter(Matcher::matches)
                    .map(matcher -> matcher.group(1)).findFirst().orElse("unknown");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The libraries in Java that were built. */
    List<Implementation> javaLibraries() {
        return Stream.of(Implementation.values()).filter(this::has).toList();
    }
}
