package org.frugaltorch.bindings;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Archives with libtorch's natives that the user put on the class path, in JavaCPP's layout. */
final class ClassPathNatives {

    private final ClassLoader resources;
    private final LibtorchDefaults defaults;
    private final String platform;

    ClassPathNatives(ClassLoader resources, LibtorchDefaults defaults) {
        this.resources = resources;
        this.defaults = defaults;
        String base = defaults.openblasPlatform();
        // The build with CUDA is the richer one: whoever added it wants it.
        this.platform = torch(base + "-gpu").isPresent() ? base + "-gpu" : base;
    }

    /** The archives to unpack, when libtorch and its BLAS are both there. */
    Optional<List<Path>> archives() {
        return torch(platform).flatMap(torch -> blas().map(blas -> List.of(torch, blas)));
    }

    /** What is missing, for people. */
    String missing() {
        return torch(platform).isEmpty()
                ? "no org.bytedeco:pytorch natives for " + platform
                : "natives of org.bytedeco:pytorch, but none of org.bytedeco:openblas for " + defaults.openblasPlatform();
    }

    /** A folder name of its own for every archive, so that two versions never mix. */
    String folderName() {
        String archive = torch(platform).orElseThrow().getFileName().toString();
        return "classpath-" + archive.replaceFirst("\\.jar$", "");
    }

    private Optional<Path> torch(String wanted) {
        return archiveOf("org/bytedeco/pytorch/" + wanted + "/" + LibtorchLocator.MAIN_LIBRARY);
    }

    private Optional<Path> blas() {
        return archiveOf("org/bytedeco/openblas/" + defaults.openblasPlatform() + "/libopenblas.so.0");
    }

    private Optional<Path> archiveOf(String resource) {
        URL url = resources.getResource(resource);
        if (url == null || !url.getProtocol().equals("jar")) {
            return Optional.empty();
        }
        String location = url.getPath().substring(0, url.getPath().indexOf("!/"));
        try {
            return Optional.of(Path.of(new URI(location)));
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            throw new LibtorchLoadException("libtorch's natives on the class path are at " + url
                    + ", which is no plain archive file: put the archive itself on the class path, or set "
                    + LibtorchLocator.HOME_VARIABLE, e);
        }
    }
}
