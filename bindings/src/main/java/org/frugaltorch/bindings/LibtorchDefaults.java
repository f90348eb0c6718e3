package org.frugaltorch.bindings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * The libtorch that the build chose as the default.
 *
 * @param libtorchVersion  version of the artefact with libtorch's natives
 * @param libtorchPlatform its classifier
 * @param openblasVersion  version of the artefact with the BLAS that libtorch is linked to
 * @param openblasPlatform its classifier
 */
record LibtorchDefaults(
        String libtorchVersion, String libtorchPlatform, String openblasVersion, String openblasPlatform) {

    static LibtorchDefaults load() {
        Properties values = new Properties();
        try (InputStream in = LibtorchDefaults.class.getResourceAsStream("libtorch.properties")) {
            if (in == null) {
                throw new IllegalStateException("libtorch.properties is not beside the bindings' classes: build with Maven");
            }
            values.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new LibtorchDefaults(
                values.getProperty("libtorch.version"), values.getProperty("libtorch.platform"),
                values.getProperty("openblas.version"), values.getProperty("openblas.platform"));
    }

    /** Name of the folder that the default is unpacked to. */
    String folderName() {
        return folderName(libtorchVersion, libtorchPlatform);
    }

    static String folderName(String version, String platform) {
        return "libtorch-" + version + "-" + platform;
    }

    /** Where a local Maven repository keeps the archives of the default. */
    List<Path> archives(Path repository) {
        return List.of(
                archive(repository, "pytorch", libtorchVersion, libtorchPlatform),
                archive(repository, "openblas", openblasVersion, openblasPlatform));
    }

    private static Path archive(Path repository, String name, String version, String platform) {
        return repository.resolve(Path.of("org", "bytedeco", name, version, name + "-" + version + "-" + platform + ".jar"));
    }
}
