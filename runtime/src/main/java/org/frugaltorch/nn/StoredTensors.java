package org.frugaltorch.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** Tensors on their way into a safetensors file, or out of one. */
public final class StoredTensors {
    private StoredTensors() {}

    /** An entry that reads {@code tensor} when it is written; a copy is made only if it has gaps or is on a device. */
    public static SafetensorsWriter.Tensor of(String name, Tensor tensor) {
        return new SafetensorsWriter.Tensor(name, tensor.dtype(), tensor.shape(), writer -> {
            try (TensorScope scope = TensorScope.open()) {
                writer.accept(tensor.detach().to(Device.CPU).contiguous().segment());
            }
        });
    }

    /** Whether a tensor has the numbers that are stored, as far as its type holds them. */
    public static boolean isValue(Tensor tensor, TensorSource source, String stored) {
        TensorSource.Entry entry = source.entry(stored);
        if (!entry.dtype().isFloatingPoint() || !Arrays.equals(entry.shape(), tensor.shape())) {
            return false;
        }
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            Tensor value = Tensors.wrap(entry.data(), entry.dtype(), source, entry.shape())
                    .to(tensor.device()).to(tensor.dtype());
            return tensor.elementCount() == 0 || value.sub(tensor).abs().amax().item() == 0;
        }
    }

    /**
     * Copies what is stored into tensors, converting their type.
     *
     * @param targets by name
     * @param storedName the name in the file of a target's
     * @param ignored names in the file that no target has to take
     * @return what is missing, of another shape, or not wanted; nothing when all fits
     */
    public static List<String> readInto(
            Map<String, Tensor> targets, TensorSource source, UnaryOperator<String> storedName,
            Predicate<String> ignored) {
        List<String> problems = new ArrayList<>();
        Set<String> unused = new LinkedHashSet<>(source.names());
        unused.removeIf(ignored);
        targets.forEach((name, target) -> {
            String stored = storedName.apply(name);
            if (!source.names().contains(stored)) {
                problems.add(stored + " is missing");
                return;
            }
            unused.remove(stored);
            TensorSource.Entry entry = source.entry(stored);
            if (!entry.dtype().isFloatingPoint() || !Arrays.equals(entry.shape(), target.shape())) {
                problems.add(entry + " does not fit " + Arrays.toString(target.shape()));
                return;
            }
            try (TensorScope scope = TensorScope.open()) {
                target.detach().copyInPlace(Tensors.wrap(entry.data(), entry.dtype(), source, entry.shape()));
            }
        });
        unused.forEach(name -> problems.add("nothing in the model takes " + name));
        return problems;
    }
}
