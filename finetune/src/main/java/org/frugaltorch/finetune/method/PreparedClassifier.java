package org.frugaltorch.finetune.method;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.frugaltorch.finetune.lora.LoraBias;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.tensor.DType;

/**
 * A classifier made ready for a method: what is trained in it, and how it is run in training and otherwise.
 *
 * @param model owned by this
 * @param training how it is run in training
 * @param evaluation how it is run otherwise; always through all tokens
 * @param lowRank the same classifier as one with low-rank adapters, if it has some and is otherwise ordinary
 * @param reversible the same classifier as one that was made reversible, if it was
 */
public record PreparedClassifier(
        SequenceClassifier model, ActivationStrategy training, ActivationStrategy evaluation,
        Optional<LoraClassifier> lowRank, Optional<MeftClassifier> reversible) implements AutoCloseable {

    /** Adapters of rank 8 on queries and values, as PEFT has it, over NF4 where a method has four bits. */
    public static AdaptedModel.Recipe usualRecipe(ModelDirectory pretrained, DType dtype) {
        return new AdaptedModel.Recipe(dtype,
                new LoraSettings(8, 16, 0.05, TargetModules.queriesAndValues(pretrained.family()), false,
                        LoraBias.NONE, pretrained.classifierModules()),
                Quantisation.QLORA.computedIn(dtype));
    }

    /** An ordinary classifier, run as such. */
    public static PreparedClassifier ordinary(SequenceClassifier model) {
        return ordinary(model, new KeepAll());
    }

    /** A classifier all of which is trained. */
    public static PreparedClassifier ordinary(SequenceClassifier model, ActivationStrategy training) {
        return new PreparedClassifier(model, training, new KeepAll(), Optional.empty(), Optional.empty());
    }

    private static PreparedClassifier of(LoraClassifier classifier, ActivationStrategy training) {
        return new PreparedClassifier(classifier.model(), classifier.under(training), classifier.under(new KeepAll()),
                Optional.of(classifier), Optional.empty());
    }

    /** A classifier with low-rank adapters. */
    static PreparedClassifier of(LoraClassifier classifier) {
        return of(classifier, new KeepAll());
    }

    /** A reversible classifier. */
    static PreparedClassifier of(MeftClassifier classifier) {
        ReversibleLayers layers = classifier.layers();
        return new PreparedClassifier(classifier.model(), layers.training(), layers.evaluation(),
                Optional.empty(), Optional.of(classifier));
    }

    /**
     * Makes a classifier from a pretrained model, and what the method trains in it.
     *
     * @throws IllegalArgumentException when method and recipe do not fit the model
     */
    public static PreparedClassifier make(
            ModelDirectory pretrained, ClassifierSettings settings, Method method, AdaptedModel.Recipe recipe) {
        boolean frozen = method.training().isLowRank();
        return make(treatment -> pretrained.classifier(settings, name -> !frozen, treatment), method, recipe);
    }

    /**
     * Makes a classifier and what the method trains in it.
     *
     * @param recipe of the adapters, and of matrices in four bits, in methods that have some; parts of the model that
     *     the adapters are to save are trained too
     * @throws IllegalArgumentException when they do not fit the model
     */
    public static PreparedClassifier make(ClassifierSource source, Method method, AdaptedModel.Recipe recipe) {
        if (method.reversible().isPresent()) {
            return of(MeftClassifier.make(
                    source, method.reversible().get().computedIn(recipe.dtype()), method::selection));
        }
        if (method.training().isLowRank()) {
            LoraClassifier classifier = LoraClassifier.make(source, method.training(), recipe);
            return of(classifier, method.strategy(classifier.model().stack().config()));
        }
        SequenceClassifier model = source.make(LinearTreatment.NONE);
        return ordinary(model, method.strategy(model.stack().config()));
    }

    /** What distinguishes runs whose trained weights may look alike. */
    public Map<String, String> particulars() {
        return lowRank.map(LoraClassifier::particulars)
                .or(() -> reversible.map(made -> made.layers().particulars()))
                .orElse(Map.of());
    }

    /**
     * Writes the classifier as {@code frugal predict} reads it. Either all of it is there afterwards, or what was there
     * before.
     *
     * @param pretrained that it was made from
     * @param labels names of the classes, in the order of their scores
     */
    public void save(ModelDirectory pretrained, List<String> labels, Path target) {
        if (lowRank.isPresent()) {
            LoraClassifierDirectory.write(lowRank.get(), pretrained, labels, target);
        } else if (reversible.isPresent()) {
            MeftDirectory.write(reversible.get(), pretrained, labels, target);
        } else {
            pretrained.save(model, labels, target);
        }
    }

    @Override
    public void close() {
        lowRank.ifPresent(classifier -> classifier.adapters().close());
        reversible.ifPresentOrElse(MeftClassifier::close, model::close);
    }
}
