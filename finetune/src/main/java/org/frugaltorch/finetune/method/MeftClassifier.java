package org.frugaltorch.finetune.method;

import java.util.Optional;
import java.util.function.Function;
import org.frugaltorch.finetune.model.Classifier;
import org.frugaltorch.finetune.quant.OutputHeads;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.finetune.tokentune.TokenSelection;

/**
 * A classifier made reversible: frozen but for adapters and the new layers of its head.
 *
 * @param <M> the kind of classifier
 * @param model owned by this
 * @param layers how it was made reversible, and how it is run
 */
public record MeftClassifier<M extends Classifier>(M model, ReversibleLayers layers) implements AutoCloseable {

    /**
     * Makes a classifier and what is trained in it.
     *
     * @param tokens that carry gradients in training of a model of that kind; all when empty
     * @throws IllegalArgumentException when the recipe does not fit the model
     */
    public static <M extends Classifier> MeftClassifier<M> make(
            ClassifierSource<M> source, MeftRecipe recipe,
            Function<TransformerConfig, Optional<TokenSelection>> tokens) {
        M model = source.make(recipe.treatment());
        try {
            ReversibleLayers layers = ReversibleLayers.attach(model.backbone().stacks(), model.parameters(), recipe,
                    MeftClassifier::isOfHead, tokens.apply(model.stack().config()));
            model.parameters().asMap().forEach((name, parameter) -> {
                if (isOfHead(name)) {
                    parameter.setRequiresGrad(true);
                }
            });
            return new MeftClassifier<>(model, layers);
        } catch (RuntimeException failure) {
            model.close();
            throw failure;
        }
    }

    private static boolean isOfHead(String parameter) {
        int dot = parameter.lastIndexOf('.');
        return dot > 0 && OutputHeads.contains(parameter.substring(0, dot));
    }

    @Override
    public void close() {
        layers.close();
        model.close();
    }
}
