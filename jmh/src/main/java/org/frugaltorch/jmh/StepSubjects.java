package org.frugaltorch.jmh;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.frugaltorch.finetune.lora.LoraBias;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.memory.LanguageSubject;
import org.frugaltorch.finetune.memory.StepVariant;
import org.frugaltorch.finetune.memory.TrainingStep;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.LanguageBatch;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** Models with given weights and given batches. */
final class StepSubjects {
    /** Classes of every classifier here. */
    static final List<String> CLASSES = List.of("0", "1");
    /** Adapters of the benchmarks: rank 8 on all linear layers. */
    static final LoraSettings LORA = new LoraSettings(8, 16, TargetModules.ALL_LINEAR);

    /** The same of a classifier, whose head is trained in full. */
    static AdaptedModel.Recipe recipe(ModelDirectory classifier, DType dtype) {
        return new AdaptedModel.Recipe(dtype,
                new LoraSettings(LORA.rank(), LORA.alpha(), LORA.dropout(), LORA.targetModules(), false, LoraBias.NONE,
                        classifier.classifierModules()),
                Quantisation.QLORA.computedIn(dtype));
    }

    private StepSubjects() {}

    /** Tokens without padding, row by row [B * T]. */
    static TokenBatch batch(int rows, int width, long... tokens) {
        boolean[] valid = new boolean[tokens.length];
        Arrays.fill(valid, true);
        return new TokenBatch(rows, width, tokens, valid, new long[tokens.length]);
    }

    static ClassifierSettings classifierSettings(Pooling pooling, DType dtype, Device device) {
        return new ClassifierSettings(CLASSES, pooling, dtype, device, OptionalDouble.of(0));
    }

    /** What a fixture holds, to be trained by a method. */
    static TrainingStep.Subject of(StepFixture fixture, StepMethod method, DType dtype, Device device) {
        ModelDirectory directory = ModelDirectory.open(fixture.directory().resolve(StepFixture.MODEL));
        TokenBatch batch = batch(fixture.rows(), fixture.width(), fixture.tokens());
        if (fixture.causal()) {
            StepVariant variant = method.forLanguageModel();
            AdaptedModel.Recipe recipe =
                    new AdaptedModel.Recipe(dtype, LORA, Quantisation.QLORA.computedIn(dtype)).on(device);
            AdaptedModel adapted = AdaptedModel.make(directory::languageModel, variant.whole(), recipe);
            return new LanguageSubject(variant, adapted, new LanguageBatch(batch, fixture.labels()));
        }
        ClassifierSettings settings = classifierSettings(Pooling.CLS, dtype, device);
        return new Classifier(PreparedClassifier.make(directory, settings, method.forClassifier().whole(),
                PreparedClassifier.usualRecipe(directory, dtype)),
                batch, fixture.labels());
    }

    /** @param labels class of each sequence [B] */
    record Classifier(PreparedClassifier<SequenceClassifier> prepared, TokenBatch batch, long... labels)
            implements TrainingStep.Subject {
        @Override
        public Parameters parameters() {
            return prepared.model().parameters();
        }

        @Override
        public Tensor loss() {
            try (TensorScope scope = TensorScope.open()) {
                Tensor logits = prepared.model().logits(prepared.training(), batch, ForwardMode.train(1));
                return scope.promote(Functional.crossEntropy(
                        logits, Tensors.of(labels).to(logits.device()), LossReduction.MEAN, LanguageBatch.IGNORED, 0));
            }
        }

        @Override
        public void close() {
            prepared.close();
        }
    }
}
