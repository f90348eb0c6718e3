package org.frugaltorch.jmh;

import org.frugaltorch.finetune.memory.TrainingStep;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageBatch;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** Models with given batches, fully fine-tuned in the plain way. */
final class StepSubjects {
    private static final ActivationStrategy PLAIN = new KeepAll();

    private StepSubjects() {}

    /** @param labels class of each sequence [B] */
    record Classifier(SequenceClassifier model, TokenBatch batch, long... labels) implements TrainingStep.Subject {
        @Override
        public Parameters parameters() {
            return model.parameters();
        }

        @Override
        public Tensor loss() {
            try (TensorScope scope = TensorScope.open()) {
                Tensor logits = model.logits(PLAIN, batch, ForwardMode.train(1));
                return scope.promote(Functional.crossEntropy(
                        logits, Tensors.of(labels).to(logits.device()), LossReduction.MEAN, LanguageBatch.IGNORED, 0));
            }
        }

        @Override
        public void close() {
            model.close();
        }
    }

    /** @param batch labelled tokens */
    record LanguageModel(CausalLanguageModel model, LanguageBatch batch) implements TrainingStep.Subject {
        @Override
        public Parameters parameters() {
            return model.parameters();
        }

        @Override
        public Tensor loss() {
            return model.loss(PLAIN, batch, ForwardMode.train(1));
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
