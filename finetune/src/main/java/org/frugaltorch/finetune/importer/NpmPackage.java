package org.frugaltorch.finetune.importer;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** An npm package, fetched by the user's own {@code npm} into a cache of ours. */
public record NpmPackage(String name, String version) {
    /**
     * The package's {@code .tgz} on this machine, fetched if need be.
     *
     * @throws org.frugaltorch.io.DataException if it is not in the cache and cannot be fetched
     */
    public Path resolve() {
        return resolve(FetchedFile.cache(), List.of(ExternalCommand.script("npm")));
    }

    /** The same, told beforehand, as fetching takes a while. */
    Path resolve(Consumer<String> progress) {
        progress.accept("Looking for the npm package " + this + " in the cache (fetched with npm if it is not there)");
        return resolve();
    }

    Path resolve(Path cache, List<String> npm) {
        Path archive = cache.resolve("npm").resolve(name.replace("@", "").replace('/', '-') + "-" + version + ".tgz");
        List<String> command =
                Stream.concat(npm.stream(), Stream.of("pack", "--silent", name + "@" + version)).toList();
        return FetchedFile.resolve(archive, command, ".tgz", "the npm package " + this);
    }

    /** The package as npm names it, {@code name@version}. */
    @Override
    public String toString() {
        return name + "@" + version;
    }
}
