package org.frugaltorch.finetune.memory;

import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.method.ClassifierSource;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.PreparedClassifier;
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
     * @param source makes the model, which the probe closes
     * @param lora adapters of the methods that have some
     */
    public StepMemory measure(ClassifierSource source, Method method, LoraSettings lora) {
        try (CountedStep counted = open(source, method, lora)) {
            return counted.memory();
        }
    }

    /** The same, and the model stays ready for further steps; it is closed with the result. */
    public CountedStep open(ClassifierSource source, Method method, LoraSettings lora) {
        long[] formula = {Units.UNKNOWN};
        return steps.open(() -> {
            PreparedClassifier classifier = PreparedClassifier.make(source, method, lora);
            if (method.training() == Method.Training.FULL) {
                formula[0] = formula(classifier.model(), method);
            }
            return new Training(classifier, tokens);
        }, false, usage -> new StepMemory(method.name(), false, false, false, false, usage.weights(), usage.gradients(),
                usage.optimizer(), usage.savedActivations(), formula[0], usage.peak(),
                tokens.count() / usage.seconds()));
    }

    private long formula(SequenceClassifier model, Method method) {
        TokenShare share = method.tokens().map(Method.TokenChoice::share).orElse(new TokenShare.Ratio(1));
        long selected = (long) tokens.batchSize() * share.withFirst(tokens.sequenceLength());
        return new ActivationFormula(model.stack().config(), model.dtype().byteSize())
                .bytes(selected, tokens.count(), method.policy());
    }

    private record Training(PreparedClassifier classifier, MadeUpTokens tokens) implements TrainingStep.Subject {
        @Override
        public Parameters parameters() {
            return classifier.model().parameters();
        }

        @Override
        public Tensor loss() {
            try (TensorScope scope = TensorScope.open()) {
                SequenceClassifier model = classifier.model();
                TokenBatch batch = tokens.forModel(model.stack().config());
                Tensor logits = model.logits(classifier.training(), batch, ForwardMode.train(1));
                return scope.promote(Functional.crossEntropy(
                        logits, Tensors.of(new long[batch.rows()]), LossReduction.MEAN, -100, 0));
            }
        }

        @Override
        public void close() {
            classifier.close();
        }
    }
}
