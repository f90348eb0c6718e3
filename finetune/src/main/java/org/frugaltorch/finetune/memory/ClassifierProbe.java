package org.frugaltorch.finetune.memory;

import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.ClassifierSource;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.model.BlockLayout;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** Measures training steps of a classifier with random weights on made-up words, or pictures. */
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
     * Measures one variant.
     *
     * @param source makes the model, which the probe closes
     * @param recipe of the adapters and matrices in four bits of the methods that have some
     */
    public StepMemory measure(
            ClassifierSource<SequenceClassifier> source, StepVariant variant, AdaptedModel.Recipe recipe) {
        try (CountedStep counted = open(source, variant, recipe)) {
            return counted.memory();
        }
    }

    /** The same, and the model stays ready for further steps; it is closed with the result. */
    public CountedStep open(
            ClassifierSource<SequenceClassifier> source, StepVariant variant, AdaptedModel.Recipe recipe) {
        if (variant.chunkedLoss()) {
            throw new IllegalArgumentException("Classifiers have one score a class and none a word:"
                    + " there is nothing to compute in chunks");
        }
        long[] formula = {Units.UNKNOWN};
        return steps.open(() -> {
            PreparedClassifier<SequenceClassifier> classifier =
                    PreparedClassifier.make(source, variant.whole(), recipe);
            formula[0] = formula(classifier.model(), variant);
            return new Training(classifier, tokens);
        }, variant.optimizerInBackward(), usage -> StepMemory.of(variant, usage, formula[0], tokens.count()));
    }

    private long formula(SequenceClassifier model, StepVariant variant) {
        TransformerConfig config = model.stack().config();
        boolean known = variant.method().training() == Method.Training.FULL
                && config.layout() == BlockLayout.POST_NORM_ENCODER;
        if (!known) {
            return Units.UNKNOWN;
        }
        long selected = (long) tokens.batchSize() * variant.method().selected(config, tokens.sequenceLength());
        ActivationFormula formula = new ActivationFormula(config, model.dtype().byteSize());
        return model.pooling().reads().ofOne()
                ? formula.bytesReadingOne(tokens.batchSize(), selected, tokens.count(), variant.policy())
                : formula.bytes(selected, tokens.count(), variant.policy());
    }

    private record Training(PreparedClassifier<SequenceClassifier> classifier, MadeUpTokens tokens)
            implements TrainingStep.Subject {
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
                        logits, Tensors.of(new long[batch.rows()]).to(logits.device()), LossReduction.MEAN, -100, 0));
            }
        }

        @Override
        public void close() {
            classifier.close();
        }
    }
}
