package org.frugaltorch.testing;

import java.net.URI;
import java.nio.file.Path;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;

/** Expected values that PyTorch computed; their generators are in {@code src/test/python}. */
public final class GoldenFiles {
    private GoldenFiles() {}

    /** A file of the folder {@code golden}. */
    public static Path path(String name) {
        return Path.of(URI.create(GoldenFiles.class.getResource("/golden/" + name).toString()));
    }

    /** A copy of a stored tensor, in the innermost scope. */
    public static Tensor tensor(SafetensorsFile file, String name) {
        SafetensorsFile.Entry entry = file.entry(name);
        return Tensors.copyOf(entry.data(), entry.dtype(), entry.shape());
    }
}
