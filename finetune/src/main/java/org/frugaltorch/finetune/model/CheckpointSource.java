package org.frugaltorch.finetune.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.frugaltorch.finetune.quant.FourBitMatrices;
import org.frugaltorch.finetune.quant.FourBitWeight;
import org.frugaltorch.finetune.quant.QuantisationConfig;
import org.frugaltorch.finetune.quant.QuantisedMatrix;
import org.frugaltorch.finetune.quant.StoredQuantisation;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.Problems;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Weights from a checkpoint. A stack's names are found with or without the family's prefix, norms also under the names
 * {@code gamma} and {@code beta} of older files. What is missing or of the wrong shape is collected, and reported
 * together by {@link #finish}.
 */
public final class CheckpointSource implements ParameterSource {
    private final TensorSource checkpoint;
    private final String prefix;
    private final DType dtype;
    private final Device device;
    private final boolean mapped;
    private final Optional<QuantisationConfig> quantisation;
    private final List<String> problems = new ArrayList<>();

    /** @param prefix the family's, see {@link ParameterNames#prefix} */
    public CheckpointSource(TensorSource checkpoint, String prefix, DType dtype, Device device) {
        this(checkpoint, prefix, dtype, device, false);
    }

    /**
     * A source that may leave weights where they are.
     *
     * @param mapped whether weights that are not trained, and are stored in the wanted type, stay in the mapped file if
     *     its pages may be written to: no copy is made, the operating system reads them when they are used, and the
     *     checkpoint must stay open as long
     */
    public CheckpointSource(TensorSource checkpoint, String prefix, DType dtype, Device device, boolean mapped) {
        this(checkpoint, prefix, dtype, device, mapped, Optional.empty());
    }

    /**
     * A source of a model that may be quantised.
     *
     * @param quantisation what its configuration says of that
     */
    public CheckpointSource(TensorSource checkpoint, String prefix, DType dtype, Device device, boolean mapped,
            Optional<QuantisationConfig> quantisation) {
        this.checkpoint = checkpoint;
        this.prefix = prefix;
        this.dtype = dtype;
        this.device = device;
        this.mapped = mapped;
        this.quantisation = quantisation;
    }

    @Override
    public boolean has(String name) {
        return find(name).isPresent();
    }

    /** The stored shape of a weight that there is. */
    long[] shape(String name) {
        return checkpoint.entry(find(name).orElseThrow()).shape();
    }

    @Override
    public Tensor get(String name, Initializer initializer, boolean trained, long... shape) {
        Optional<String> found = find(name);
        if (found.isEmpty()) {
            return problem(name + " is missing", shape);
        }
        TensorSource.Entry entry = checkpoint.entry(found.get());
        if (!Arrays.equals(entry.shape(), shape)) {
            return problem(found.get() + " is " + Arrays.toString(entry.shape()) + " where config.json makes it "
                    + Arrays.toString(shape), shape);
        }
        if (!entry.dtype().isFloatingPoint()) {
            return problem(found.get() + " holds " + entry.dtype().torchName() + " instead of floating-point numbers", shape);
        }
        try (TensorScope scope = TensorScope.open()) {
            Tensor stored = Tensors.wrap(entry.data(), entry.dtype(), checkpoint, shape);
            // What a merge of adapters writes to a private mapping stays in memory; a read-only one would end the process.
            boolean asStored = mapped && !trained && device.isCpu() && entry.dtype() == dtype && !entry.data().isReadOnly();
            if (asStored) {
                return scope.promote(stored);
            }
            Tensor copy = scope.promote(Tensors.empty(dtype, device, shape).copyInPlace(stored));
            entry.letGo();
            return copy;
        }
    }

    @Override
    public Optional<LinearWeight> packed(String layer, Parameters owner, long out, long in) {
        String weight = layer + ".weight";
        String stored = find(weight).orElse(weight);
        try (TensorScope scope = TensorScope.open()) {
            return new FourBitMatrices(checkpoint, quantisation, device, mapped).read(layer, stored).map(matrix -> {
                requireShape(stored, matrix, out, in);
                StoredQuantisation.tensors(weight, matrix).forEach(owner::add);
                DType computeType = quantisation.orElseThrow().quantisation().computeType();
                return new FourBitWeight(matrix, computeType);
            });
        }
    }

    private static void requireShape(String stored, QuantisedMatrix matrix, long out, long in) {
        if (matrix.rows() != out || matrix.columns() != in) {
            throw new DataException("The weights contradict config.json: " + stored + " is [" + matrix.rows() + ", "
                    + matrix.columns() + "] in four bits where config.json makes it [" + out + ", " + in + "]");
        }
    }

    private Tensor problem(String sentence, long[] shape) {
        problems.add(sentence);
        return Tensors.zeros(dtype, device, shape);
    }

    private Optional<String> find(String name) {
        String bare = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
        return Stream.of(name, bare)
                .flatMap(n -> Stream.of(n, n.replace("LayerNorm.weight", "LayerNorm.gamma")
                        .replace("LayerNorm.bias", "LayerNorm.beta")))
                .filter(checkpoint.names()::contains)
                .findFirst();
    }

    /**
     * Ends loading.
     *
     * @throws DataException with all that did not fit
     */
    public void finish() {
        if (!problems.isEmpty()) {
            throw new DataException("The weights contradict config.json: " + Problems.told(problems));
        }
    }
}
