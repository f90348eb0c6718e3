package org.frugaltorch.finetune.memory;

import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.LanguageBatch;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Tensor;

/**
 * A language model that learns to continue one batch.
 *
 * @param variant how
 * @param adapted the model, made ready for the variant's method; closed with this
 */
public record LanguageSubject(StepVariant variant, AdaptedModel adapted, LanguageBatch batch)
        implements TrainingStep.Subject {
    @Override
    public Parameters parameters() {
        return adapted.model().parameters();
    }

    @Override
    public Tensor loss() {
        return adapted.model().loss(adapted.training(), batch, ForwardMode.train(1), variant.loss());
    }

    @Override
    public void close() {
        adapted.close();
    }
}
