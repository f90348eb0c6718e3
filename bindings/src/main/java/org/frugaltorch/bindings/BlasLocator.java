package org.frugaltorch.bindings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the BLAS library that the user wants matrices to be multiplied by, instead of the one that libtorch came with. A
 * place that was named but is wrong is an error and never skipped, or a run would silently be another one.
 */
final class BlasLocator {

    static final String PROPERTY = "frugaltorch.blas";
    static final String VARIABLE = "FRUGALTORCH_BLAS";

    private static final String REMEDY = ": name a BLAS library, its folder, or mkl, or unset it";

    /** Stands for Intel's library from the local Maven repository. */
    private static final String MKL = "mkl";
    private static final String MKL_LIBRARY = "libmkl_rt.so";
    /** What a folder is searched for, the best first. */
    private static final List<String> LIBRARIES = List.of(MKL_LIBRARY, "libopenblas.so", "libblas.so");

    private final Surroundings surroundings;
    private final LibtorchDefaults defaults;

    BlasLocator(Surroundings surroundings, LibtorchDefaults defaults) {
        this.surroundings = surroundings;
        this.defaults = defaults;
    }

    /**
     * The library's file; empty when nothing was asked for.
     *
     * @throws LibtorchLoadException in one sentence, when there is none at the place that was named
     */
    Optional<Path> locate() {
        return surroundings.propertyIfSet(PROPERTY).or(() -> surroundings.variableIfSet(VARIABLE)).map(this::find);
    }

    private Path find(String value) {
        if (value.equals(MKL)) {
            return unpacked(newestMkl());
        }
        Path place = Path.of(value).toAbsolutePath().normalize();
        if (Files.isDirectory(place)) {
            return inFolder(place);
        }
        if (!Files.isRegularFile(place)) {
            throw refused(value, "which is neither a file nor a folder" + REMEDY);
        }
        return place.toString().endsWith(".jar") ? unpacked(place) : place;
    }

    private Path inFolder(Path folder) {
        return LIBRARIES.stream().flatMap(name -> filesLike(folder, name + ".*")).findFirst()
                .orElseThrow(() -> refused(folder.toString(),
                        "which holds none of " + String.join(", ", LIBRARIES) + REMEDY));
    }

    private Path unpacked(Path archive) {
        String name = archive.getFileName().toString().replaceFirst("\\.jar$", "");
        return inFolder(LibtorchInstaller.forUser(surroundings).install(name, MKL_LIBRARY, List.of(archive)));
    }

    private Path newestMkl() {
        Path versions = surroundings.mavenRepository().resolve(Path.of("org", "bytedeco", MKL));
        String suffix = "-" + defaults.openblasPlatform() + "-redist.jar";
        try (Stream<Path> files = Files.isDirectory(versions) ? Files.walk(versions, 2) : Stream.empty()) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix)).max(Comparator.naturalOrder())
                    .orElseThrow(() -> refused(MKL, "and " + versions + " holds no archive of it: get one with"
                            + " `mvn dependency:get -Dartifact=org.bytedeco:mkl:2025.3-1.5.13:jar:"
                            + defaults.openblasPlatform() + "-redist -Dtransitive=false`"));
        } catch (IOException e) {
            throw refused(MKL, "but " + versions + " cannot be read: " + e + REMEDY);
        }
    }

    private static Stream<Path> filesLike(Path folder, String expression) {
        try {
            return FolderFiles.named(folder, expression).stream();
        } catch (IOException e) {
            throw refused(folder.toString(), "which cannot be read: " + e + REMEDY);
        }
    }

    private static LibtorchLoadException refused(String value, String why) {
        return new LibtorchLoadException(VARIABLE + " (or -D" + PROPERTY + ") is set to " + value + ", " + why);
    }
}
