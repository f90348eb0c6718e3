package org.frugaltorch.bindings;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Archives in the layout of the published natives, with noise for libraries. */
final class TestArchives {

    static final String PLATFORM = "linux-x86_64";

    private TestArchives() {}

    static Path pytorch(Path folder, int bytes) throws IOException {
        String at = "org/bytedeco/pytorch/" + PLATFORM + "/";
        return write(folder.resolve("pytorch-9.9-" + PLATFORM + ".jar"), Map.of(
                at + "libtorch_cpu.so", bytes, at + "libtorch.so", 10, at + "libc10.so", 100, at + "libgomp.so.1", 50,
                at + "libjnitorch.so", 70, at + "jnijavacpp.cpp", 5, "META-INF/MANIFEST.MF", 9));
    }

    static Path openblas(Path folder) throws IOException {
        String at = "org/bytedeco/openblas/" + PLATFORM + "/";
        return write(folder.resolve("openblas-0.9-" + PLATFORM + ".jar"), Map.of(
                at + "libopenblas.so.0", 200, at + "libgfortran.so.5", 30, at + "libquadmath.so.0", 20,
                at + "libgcc_s.so.1", 15, at + "libjniopenblas.so", 25, at + "include/cblas.h", 3));
    }

    static Path mkl(Path folder, String version) throws IOException {
        String at = "org/bytedeco/mkl/" + PLATFORM + "/";
        return write(folder.resolve("mkl-" + version + "-" + PLATFORM + "-redist.jar"), Map.of(
                at + "libmkl_rt.so.2", 40, at + "libmkl_core.so.2", 50, at + "libmkl_gnu_thread.so.2", 30,
                at + "libmkl_vml_avx2.so.2", 60, at + "libiomp5.so", 20));
    }

    private static Path write(Path file, Map<String, Integer> entries) throws IOException {
        Random random = new Random(7);
        try (OutputStream out = Files.newOutputStream(file); ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setLevel(Deflater.NO_COMPRESSION);
            for (Map.Entry<String, Integer> entry : entries.entrySet()) {
                byte[] content = new byte[entry.getValue()];
                random.nextBytes(content);
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(content);
                zip.closeEntry();
            }
        }
        return file;
    }
}
