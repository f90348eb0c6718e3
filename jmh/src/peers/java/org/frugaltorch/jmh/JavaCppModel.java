package org.frugaltorch.jmh;

import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.frugaltorch.io.SafetensorsFile;

/** A model in libtorch's C++ API as JavaCPP binds it, its weights under their published names, trained by its AdamW. */
abstract class JavaCppModel implements SameStepBenchmark.Training {
    final int rows;
    final int width;
    final int hidden;
    final int layers;
    final int heads;
    final Tensor tokens;
    final Tensor labels;

    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final AdamW optimizer;

    JavaCppModel(StepFixture fixture) {
        rows = fixture.rows();
        width = fixture.width();
        hidden = fixture.number("hidden_size");
        layers = fixture.number("num_hidden_layers");
        heads = fixture.number("num_attention_heads");
        tokens = Tensor.create(fixture.tokens(), rows, width);
        long[] classes = fixture.labels();
        labels = classes.length == rows ? Tensor.create(classes, rows) : Tensor.create(classes, rows, width);
        try (SafetensorsFile file = fixture.weights()) {
            for (String name : file.names()) {
                SafetensorsFile.Entry entry = file.entry(name);
                Tensor weight = Tensor.create(entry.data().toArray(ValueLayout.JAVA_FLOAT), entry.shape());
                weight.set_requires_grad(true);
                weights.put(name, weight);
            }
        }
        AdamWOptions options = new AdamWOptions(fixture.learningRate());
        options.weight_decay().put(0);
        optimizer = new AdamW(new TensorVector(weights.values().toArray(Tensor[]::new)), options);
    }

    /** The loss of the batch. */
    abstract Tensor loss();

    @Override
    public double step() {
        try (PointerScope scope = new PointerScope()) {
            Tensor loss = loss();
            loss.backward();
            optimizer.step();
            optimizer.zero_grad();
            return loss.item_float();
        }
    }

    @Override
    public void close() {
        optimizer.close();
        weights.values().forEach(Tensor::close);
        tokens.close();
        labels.close();
    }

    // ---- parts ------------------------------------------------------------------------------------------------------

    final Tensor weight(String name) {
        return weights.get(name);
    }

    final boolean has(String name) {
        return weights.containsKey(name);
    }

    final TensorOptional optional(String name) {
        return new TensorOptional(weight(name));
    }

    /** A linear layer; biased if the file says so. */
    final Tensor linear(String layer, Tensor input) {
        Tensor matrix = weight(layer + ".weight");
        return has(layer + ".bias")
                ? torch.linear(input, matrix, optional(layer + ".bias"))
                : torch.linear(input, matrix);
    }

    /** [B, T, heads * d] to [B, heads, T, d]. */
    final Tensor split(Tensor input, int count) {
        return input.view(rows, width, count, -1).transpose(1, 2);
    }

    /** The fused operator. Returns [B, T, H]. */
    final Tensor attention(Tensor queries, Tensor keys, Tensor values, boolean causal, boolean grouped) {
        return torch.scaled_dot_product_attention(
                        queries, keys, values, new TensorOptional(), 0, causal, new DoubleOptional(), grouped)
                .transpose(1, 2).reshape(rows, width, -1);
    }
}
