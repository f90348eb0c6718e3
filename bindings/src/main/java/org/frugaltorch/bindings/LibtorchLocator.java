package org.frugaltorch.bindings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the folder with libtorch's libraries: a place named by a setting first, then what is there by itself. A place
 * that was named but is wrong is an error and never skipped, or a run would silently use another libtorch.
 */
final class LibtorchLocator {

    static final String MAIN_LIBRARY = "libtorch_cpu.so";
    static final String HOME_PROPERTY = "libtorch.home";
    static final String HOME_VARIABLE = "LIBTORCH_HOME";
    static final String PYTORCH_VARIABLE = "LIBTORCH_USE_PYTORCH";

    /**
     * A folder that holds libtorch.
     *
     * @param home the folder
     * @param how  the setting or place that led there
     */
    record Found(Path home, String how) {}

    private final Surroundings surroundings;
    private final LibtorchDefaults defaults;
    private final List<String> lookedAt = new ArrayList<>();

    LibtorchLocator(Surroundings surroundings, LibtorchDefaults defaults) {
        this.surroundings = surroundings;
        this.defaults = defaults;
    }

    /**
     * The folder to load from.
     *
     * @throws LibtorchNotFoundException if there is none
     * @throws LibtorchLoadException     if natives on the class path cannot be unpacked
     */
    Found locate() {
        return named(surroundings.propertyIfSet(HOME_PROPERTY), "-D" + HOME_PROPERTY)
                .or(() -> named(surroundings.variableIfSet(HOME_VARIABLE), HOME_VARIABLE))
                .or(this::pytorch)
                .or(this::classPath)
                .or(this::unpackedDefault)
                .orElseThrow(this::notFound);
    }

    private Optional<Found> named(Optional<String> value, String setting) {
        if (value.isEmpty()) {
            lookedAt.add(setting + " (not set)");
            return Optional.empty();
        }
        Path home = Path.of(value.get()).toAbsolutePath().normalize();
        if (!Files.isDirectory(home)) {
            throw new LibtorchNotFoundException(setting + " is set to " + home + ", which is not a folder: "
                    + "set it to the folder that holds " + MAIN_LIBRARY + ", or unset it");
        }
        // A libtorch or PyTorch folder as downloaded has its libraries one level down.
        for (Path folder : List.of(home, home.resolve("lib"))) {
            if (Files.exists(folder.resolve(MAIN_LIBRARY))) {
                return Optional.of(new Found(folder, setting));
            }
        }
        throw new LibtorchNotFoundException(setting + " is set to " + home + ", which holds no " + MAIN_LIBRARY
                + ": set it to the folder that does, or unset it");
    }

    private Optional<Found> pytorch() {
        Optional<String> wanted = surroundings.variableIfSet(PYTORCH_VARIABLE).filter(value -> !value.equals("0"));
        if (wanted.isEmpty()) {
            lookedAt.add("a Python installation's PyTorch (not asked for with " + PYTORCH_VARIABLE + "=1)");
            return Optional.empty();
        }
        Path lib = new PythonTorch(surroundings.variableIfSet("LIBTORCH_PYTHON").orElse("python3")).libraryFolder();
        return Optional.of(new Found(lib, PYTORCH_VARIABLE));
    }

    private Optional<Found> classPath() {
        ClassPathNatives natives = new ClassPathNatives(surroundings.resources(), defaults);
        Optional<List<Path>> archives = natives.archives();
        if (archives.isEmpty()) {
            lookedAt.add("the class path (" + natives.missing() + ")");
            return Optional.empty();
        }
        Path home = LibtorchInstaller.forUser(surroundings).install(natives.folderName(), archives.get());
        return Optional.of(new Found(home, "natives on the class path"));
    }

    private Optional<Found> unpackedDefault() {
        Path home = surroundings.cacheRoot().resolve(defaults.folderName());
        try {
            if (InstallManifest.describesComplete(home)) {
                return Optional.of(new Found(home, "the libtorch unpacked by the build"));
            }
        } catch (IOException e) {
            lookedAt.add(home + " (cannot be read: " + e + ")");
            return Optional.empty();
        }
        lookedAt.add(home + (Files.exists(home) ? " (incomplete)" : " (not there)"));
        return Optional.empty();
    }

    private LibtorchNotFoundException notFound() {
        return new LibtorchNotFoundException("No libtorch was found. Looked at: " + String.join("; ", lookedAt)
                + ". Run `./frugal doctor --install` or build the project to get the default one, or set " + HOME_VARIABLE
                + " (or -D" + HOME_PROPERTY + ") to a folder that holds " + MAIN_LIBRARY + ".");
    }
}
