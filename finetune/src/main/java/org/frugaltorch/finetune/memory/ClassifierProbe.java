package org.frugaltorch.finetune.memory;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.classification.Method;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.memory.Phase;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Measures training steps of a classifier on made-up tokens: memory and speed depend on shapes, not on what is said.
 *
 * @param batchSize sequences a step
 * @param sequenceLength tokens of each, none of it padding
 */
public record ClassifierProbe(int batchSize, int sequenceLength) {
    private static final double LEARNING_RATE = 1e-5;

    /** Makes the model that is measured; called with the ledger open. */
    @FunctionalInterface
    public interface ModelFactory {
        /** A new model, which the probe closes. */
        SequenceClassifier create();
    }

    /**
     * Takes two steps and reports the second.
     *
     * @param share of tokens that the method selects, for the formula
     */
    public StepMemory measure(ModelFactory factory, Method method, TokenShare share) {
        Engine.seed(1);
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open();
                SequenceClassifier model = factory.create();
                AdamW optimizer = new AdamW(
                        List.of(new AdamW.Group(trainable(model), 0)), AdamW.Settings.DEFAULT)) {
            long weightBytes = ledger.liveBytes();
            TokenBatch batch = batch(model.stack().config().vocabSize());
            Step first = step(model, method, batch, optimizer, ledger);
            long optimizerBytes = ledger.liveBytes() - weightBytes;
            ledger.resetPeaks();
            long start = System.nanoTime();
            Step second = step(model, method, batch, optimizer, ledger);
            double seconds = (System.nanoTime() - start) / 1e9;
            long selected = (long) batchSize * share.of(sequenceLength);
            long formula = new ActivationFormula(model.stack().config(), model.dtype().byteSize())
                    .bytes(selected, (long) batchSize * sequenceLength);
            return new StepMemory(method.name(), weightBytes, first.gradientBytes, optimizerBytes, second.savedBytes, formula,
                    ledger.peakBytes(), batch.tokenCount() / seconds);
        }
    }

    private record Step(long savedBytes, long gradientBytes) {}

    private Step step(
            SequenceClassifier model, Method method, TokenBatch batch, AdamW optimizer, MemoryLedger ledger) {
        long saved;
        long before = ledger.liveBytes();
        try (TensorScope scope = TensorScope.open()) {
            ledger.enter(Phase.FORWARD);
            Tensor logits = model.logits(method.strategy(), batch, ForwardMode.train(1));
            Tensor loss = Functional.crossEntropy(
                    logits, Tensors.of(new long[batchSize]), LossReduction.MEAN, -100, 0);
            saved = ledger.liveBytes() - before;
            ledger.enter(Phase.BACKWARD);
            Backward.run(loss);
        }
        long gradients = ledger.liveBytes() - before;
        ledger.enter(Phase.OPTIMIZER);
        optimizer.step(LEARNING_RATE);
        model.parameters().clearGrads();
        ledger.enter(Phase.REST);
        return new Step(saved, gradients);
    }

    private static Map<String, Tensor> trainable(SequenceClassifier model) {
        Map<String, Tensor> trainable = new LinkedHashMap<>();
        model.parameters().asMap().forEach((name, parameter) -> {
            if (parameter.requiresGrad()) {
                trainable.put(name, parameter);
            }
        });
        return trainable;
    }

    private TokenBatch batch(int vocabSize) {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        int cells = Math.multiplyExact(batchSize, sequenceLength);
        long[] inputIds = random.longs(cells, 0, vocabSize).toArray();
        boolean[] valid = new boolean[cells];
        Arrays.fill(valid, true);
        return new TokenBatch(batchSize, sequenceLength, inputIds, valid, new long[cells]);
    }
}
