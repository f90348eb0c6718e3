package org.frugaltorch.finetune.memory;

import java.util.function.Supplier;
import org.frugaltorch.finetune.classification.Method;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** Measures a training step of a classifier on made-up tokens. */
public final class ClassifierProbe {
    private final MadeUpTokens tokens;
    private final StepProbe steps;

    /** A probe that takes one step before the one it measures. */
    public ClassifierProbe(int batchSize, int sequenceLength) {
        this(batchSize, sequenceLength, 1);
    }

    /**
     * A probe.
     *
     * @param batchSize sequences a step
     * @param sequenceLength tokens of each, none of it padding
     * @param warmUpSteps before the step that is measured
     */
    public ClassifierProbe(int batchSize, int sequenceLength, int warmUpSteps) {
        this.tokens = new MadeUpTokens(batchSize, sequenceLength);
        this.steps = new StepProbe(warmUpSteps);
    }

    /**
     * Measures one method.
     *
     * @param factory makes the model, which the probe closes
     * @param share of tokens that the method selects, for the formula
     */
    public StepMemory measure(Supplier<SequenceClassifier> factory, Method method, TokenShare share) {
        try (CountedStep counted = open(factory, method, share)) {
            return counted.memory();
        }
    }

    /**
     * Measures one method, and keeps the model ready for further steps.
     *
     * @param factory makes the model, which is closed with the result
     * @param share of tokens that the method selects, for the formula
     */
    public CountedStep open(Supplier<SequenceClassifier> factory, Method method, TokenShare share) {
        long[] formula = new long[1];
        return steps.open(() -> {
            SequenceClassifier model = factory.get();
            formula[0] = formula(model, share);
            return new Training(model, method.strategy(), tokens);
        }, usage -> new StepMemory(method.name(), false, false, false, usage.weights(), usage.gradients(),
                usage.optimizer(), usage.savedActivations(), formula[0], usage.peak(), tokens.count() / usage.seconds()));
    }

    private long formula(SequenceClassifier model, TokenShare share) {
        long selected = (long) tokens.batchSize() * share.withFirst(tokens.sequenceLength());
        return new ActivationFormula(model.stack().config(), model.dtype().byteSize()).bytes(selected, tokens.count());
    }

    private record Training(SequenceClassifier model, ActivationStrategy strategy, MadeUpTokens tokens)
            implements TrainingStep.Subject {
        @Override
        public Parameters parameters() {
            return model.parameters();
        }

        @Override
        public Tensor loss() {
            try (TensorScope scope = TensorScope.open()) {
                TokenBatch batch = tokens.forModel(model.stack().config());
                Tensor logits = model.logits(strategy, batch, ForwardMode.train(1));
                return scope.promote(Functional.crossEntropy(
                        logits, Tensors.of(new long[batch.rows()]), LossReduction.MEAN, -100, 0));
            }
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
