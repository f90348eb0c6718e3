package org.frugaltorch.jmh;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import org.frugaltorch.io.SafetensorsFile;

/** A model in DJL's arrays, its weights under their published names, trained by DJL's gradient collector and AdamW. */
abstract class DjlModel implements SameStepBenchmark.Training {
    final int rows;
    final int width;
    final int hidden;
    final int layers;
    final int heads;
    final NDArray tokens;
    final NDArray labels;

    private final Engine engine = Engine.getEngine("PyTorch");
    private final NDManager manager = engine.newBaseManager();
    private final Map<String, NDArray> weights = new LinkedHashMap<>();
    private final Optimizer optimizer;

    DjlModel(StepFixture fixture) {
        rows = fixture.rows();
        width = fixture.width();
        hidden = fixture.number("hidden_size");
        layers = fixture.number("num_hidden_layers");
        heads = fixture.number("num_attention_heads");
        tokens = manager.create(fixture.tokens(), new Shape(rows, width));
        long[] classes = fixture.labels();
        labels = manager.create(classes, classes.length == rows ? new Shape(rows) : new Shape(rows, width));
        try (SafetensorsFile file = fixture.weights()) {
            for (String name : file.names()) {
                SafetensorsFile.Entry entry = file.entry(name);
                NDArray weight = manager.create(entry.data().toArray(ValueLayout.JAVA_FLOAT), new Shape(entry.shape()));
                weight.setRequiresGradient(true);
                weights.put(name, weight);
            }
        }
        optimizer = Optimizer.adamW().optLearningRateTracker(Tracker.fixed((float) fixture.learningRate()))
                .optWeightDecays(0).build();
    }

    /** The loss of the batch. */
    abstract NDArray loss();

    @Override
    public double step() {
        double value;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            try (GradientCollector gradients = engine.newGradientCollector()) {
                NDArray loss = loss();
                gradients.backward(loss);
                value = loss.getFloat();
            }
        }
        weights.forEach((name, weight) -> {
            try (NDArray gradient = weight.getGradient()) {
                optimizer.update(name, weight, gradient);
                gradient.subi(gradient);
            }
        });
        return value;
    }

    @Override
    public void close() {
        manager.close();
    }

    // ---- parts ------------------------------------------------------------------------------------------------------

    final NDManager manager() {
        return manager;
    }

    final NDArray weight(String name) {
        return weights.get(name);
    }

    final boolean has(String name) {
        return weights.containsKey(name);
    }

    /** Rows of a table. */
    final NDArray rowsOf(String table, NDArray indices) {
        return indices.getNDArrayInternal().embedding(indices, weight(table), SparseFormat.DENSE).singletonOrThrow();
    }

    /** A linear layer; biased if the file says so. */
    final NDArray linear(String layer, NDArray input) {
        return input.getNDArrayInternal().linear(input, weight(layer + ".weight"), weight(layer + ".bias"))
                .singletonOrThrow();
    }

    /** [B, T, heads * d] to [B, heads, T, d]. */
    final NDArray split(NDArray input, int count) {
        return input.reshape(rows, width, count, -1).transpose(0, 2, 1, 3);
    }

    /**
     * Attention, part by part, as DJL has no operator for the whole.
     *
     * @param mask added to the scores, or null
     * @return [B, T, H]
     */
    final NDArray attention(NDArray queries, NDArray keys, NDArray values, NDArray mask) {
        NDArray scores = queries.matMul(keys.transpose(0, 1, 3, 2)).div(Math.sqrt(queries.getShape().get(3)));
        NDArray probabilities = (mask == null ? scores : scores.add(mask)).softmax(-1);
        return probabilities.matMul(values).transpose(0, 2, 1, 3).reshape(rows, width, -1);
    }

    /** Mean cross-entropy. @param logits [N, C] @param classes [N] */
    static NDArray crossEntropy(NDArray logits, NDArray classes) {
        return logits.logSoftmax(-1).gather(classes.expandDims(1), 1).neg().mean();
    }
}
