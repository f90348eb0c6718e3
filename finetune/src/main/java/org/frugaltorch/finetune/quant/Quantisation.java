package org.frugaltorch.finetune.quant;

import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * How a model's matrices become four bits a number. With adapters on top, this is QLoRA.
 *
 * @param format code book
 * @param doubleQuantisation whether the blocks' scales are quantised too
 * @param computeType that products are computed in
 */
public record Quantisation(FourBitFormat format, boolean doubleQuantisation, DType computeType) {
    /** As QLoRA does it. */
    public static final Quantisation QLORA = new Quantisation(FourBitFormat.NF4, true, DType.BFLOAT16);

    public Quantisation {
        if (!computeType.isFloatingPoint() || computeType.byteSize() < Short.BYTES) {
            throw new IllegalArgumentException("Products cannot be computed in " + computeType.torchName()
                    + ": choose bfloat16, float16 or float32");
        }
    }

    /** The same with products computed in another type. */
    public Quantisation computedIn(DType type) {
        return new Quantisation(format, doubleQuantisation, type);
    }

    /**
     * What was asked for, as QLoRA does it where nothing was.
     *
     * @param format name of the code book, or null
     * @param doubleQuantisation or null
     */
    public static Quantisation asked(String format, Boolean doubleQuantisation, DType computeType) {
        return new Quantisation(format == null ? QLORA.format : FourBitFormat.named(format),
                doubleQuantisation == null ? QLORA.doubleQuantisation : doubleQuantisation, computeType);
    }

    /**
     * Quantises all linear layers of a model except its output head, one after the other, so that the dense matrix of one
     * layer at a time exists beside its codes. The model's parameters then hold the tensors of {@link StoredQuantisation}
     * in place of the dense matrices.
     *
     * @throws IllegalStateException when the model has adapters already
     */
    public void apply(Parameters model) {
        model.linears().forEach((layer, linear) -> apply(model, layer, linear));
    }

    /**
     * Quantises one linear layer, unless it is an output head or quantised already. As a
     * {@link org.frugaltorch.finetune.model.LinearTreatment}, it quantises a model while it is loaded.
     *
     * @param layer its full name
     * @throws IllegalStateException when the layer has adapters already
     */
    public void apply(Parameters model, String layer, Linear linear) {
        if (!OutputHeads.contains(layer) && !(linear.weight() instanceof FourBitWeight)) {
            quantise(model, layer, linear);
        }
    }

    private void quantise(Parameters model, String layer, Linear linear) {
        if (!(linear.weight() instanceof LinearWeight.Dense dense)) {
            throw new IllegalStateException("The matrix of " + layer + " is not plain any more:"
                    + " quantise a model before adapters are added to it");
        }
        String name = layer + ".weight";
        try (TensorScope scope = TensorScope.open()) {
            QuantisedMatrix matrix = quantise(name, dense.matrix());
            var tensors = StoredQuantisation.tensors(name, matrix);
            model.remove(name);
            tensors.forEach(model::add);
            linear.setWeight(new FourBitWeight(matrix, computeType));
        }
    }

    /**
     * Quantises one matrix.
     *
     * @param name for messages
     * @throws IllegalArgumentException when it cannot be quantised
     */
    public QuantisedMatrix quantise(String name, Tensor matrix) {
        try {
            return QuantisedMatrix.quantise(matrix, format, doubleQuantisation);
        } catch (IllegalArgumentException unusable) {
            throw new IllegalArgumentException(name + " cannot be quantised: " + unusable.getMessage(), unusable);
        }
    }
}
