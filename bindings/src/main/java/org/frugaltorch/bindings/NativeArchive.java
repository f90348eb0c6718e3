package org.frugaltorch.bindings;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipError;

/** A Maven archive that carries native libraries under {@code org/bytedeco/<project>/<platform>/}. */
final class NativeArchive implements AutoCloseable {

    /** What libtorch and a BLAS library are loaded from; the rest of these archives (JNI glue, headers) is of no use here. */
    private static final Pattern NEEDED = Pattern.compile(
            "lib(torch(_cpu|_cuda|_cuda_linalg|_global_deps)?|c10(_cuda)?|gomp|openblas|gfortran|quadmath|"
                    + "mkl_(rt|core|intel_lp64|gnu_thread|sequential|def|mc3|avx2|avx512)|"
                    + "cudart|cudnn\\w*|cublas\\w*|cufft|cupti|curand|cusolver|cusparse\\w*|cufile|nccl|nvrtc[\\w-]*|"
                    + "nvJitLink|nvToolsExt|nvshmem_host)\\.so(\\.\\d+)*");

    private final Path file;
    private final FileSystem contents;

    private NativeArchive(Path file, FileSystem contents) {
        this.file = file;
        this.contents = contents;
    }

    /**
     * Opens an archive.
     *
     * @throws LibtorchLoadException if it is missing or no archive
     */
    static NativeArchive open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new LibtorchLoadException("There is no archive " + file + " to unpack libraries from");
        }
        try {
            return new NativeArchive(file, FileSystems.newFileSystem(file));
        } catch (IOException | ZipError | ProviderNotFoundException e) {
            throw new LibtorchLoadException(
                    file + " is not a readable archive (" + e.getMessage() + "): delete it and build again", e);
        }
    }

    String name() {
        return file.getFileName().toString();
    }

    long size() throws IOException {
        return Files.size(file);
    }

    /** The native libraries worth unpacking, by file name. */
    Map<String, Path> libraries() throws IOException {
        Map<String, Path> libraries = new TreeMap<>();
        Path root = contents.getPath("org", "bytedeco");
        if (!Files.isDirectory(root)) {
            return libraries;
        }
        try (Stream<Path> paths = Files.walk(root, 3)) {
            paths.filter(path -> path.getNameCount() == 5 && NEEDED.matcher(path.getFileName().toString()).matches())
                    .forEach(path -> libraries.put(path.getFileName().toString(), path));
        }
        return libraries;
    }

    @Override
    public void close() throws IOException {
        contents.close();
    }
}
