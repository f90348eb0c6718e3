package org.frugaltorch.finetune.method;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.frugaltorch.finetune.lora.LoraBias;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.Classifier;
import org.frugaltorch.finetune.model.ClassifierDirectory;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.tokentune.TokenSelection;
import org.frugaltorch.finetune.tokentune.TokenTune;
import org.frugaltorch.tensor.DType;

/**
 * A classifier made ready for a method: what is trained in it, and how it is run in training and otherwise.
 *
 * @param <M> the kind of classifier
 * @param model owned by this
 * @param policy what is kept of an ordinary block's activations
 * @param training how it is run in training
 * @param evaluation how it is run otherwise; always through all tokens
 * @param lowRank the same classifier as one with low-rank adapters, if it has some and is otherwise ordinary
 * @param reversible the same classifier as one that was made reversible, if it was
 */
public record PreparedClassifier<M extends Classifier>(
        M model, ActivationPolicy policy, ActivationStrategy training, ActivationStrategy evaluation,
        Optional<LoraClassifier<M>> lowRank, Optional<MeftClassifier<M>> reversible) implements AutoCloseable {

    /** Adapters of rank 8 on queries and values, as PEFT has it, over NF4 where a method has four bits. */
    public static AdaptedModel.Recipe usualRecipe(ClassifierDirectory<?> pretrained, DType dtype) {
        return new AdaptedModel.Recipe(dtype,
                new LoraSettings(8, 16, 0.05, TargetModules.queriesAndValues(pretrained.directory().family()), false,
                        LoraBias.NONE, pretrained.head().newModules()),
                Quantisation.QLORA.computedIn(dtype));
    }

    /** The same for a classifier of texts or pictures. */
    public static AdaptedModel.Recipe usualRecipe(ModelDirectory pretrained, DType dtype) {
        return usualRecipe(new SequenceClassifierDirectory(pretrained), dtype);
    }

    /** An ordinary classifier, run as such. */
    public static <M extends Classifier> PreparedClassifier<M> ordinary(M model) {
        return ordinary(model, ActivationPolicy.KEEP, new KeepAll());
    }

    /** A classifier all of which is trained. */
    public static <M extends Classifier> PreparedClassifier<M> ordinary(M model, ActivationStrategy training) {
        return ordinary(model, ActivationPolicy.KEEP, training);
    }

    private static <M extends Classifier> PreparedClassifier<M> ordinary(
            M model, ActivationPolicy policy, ActivationStrategy training) {
        return new PreparedClassifier<>(model, policy, training, new KeepAll(), Optional.empty(), Optional.empty());
    }

    private static <M extends Classifier> PreparedClassifier<M> of(
            LoraClassifier<M> classifier, ActivationPolicy policy, ActivationStrategy training) {
        return new PreparedClassifier<>(classifier.model(), policy, classifier.under(training),
                classifier.under(new KeepAll()), Optional.of(classifier), Optional.empty());
    }

    /** A classifier with low-rank adapters. */
    static <M extends Classifier> PreparedClassifier<M> of(LoraClassifier<M> classifier) {
        return of(classifier, ActivationPolicy.KEEP, new KeepAll());
    }

    /** A reversible classifier. */
    static <M extends Classifier> PreparedClassifier<M> of(MeftClassifier<M> classifier) {
        ReversibleLayers layers = classifier.layers();
        return new PreparedClassifier<>(classifier.model(), ActivationPolicy.KEEP, layers.training(),
                layers.evaluation(), Optional.empty(), Optional.of(classifier));
    }

    /**
     * Makes a classifier from a pretrained model, and what the method trains in it.
     *
     * @throws IllegalArgumentException when method and recipe do not fit the model
     */
    public static <M extends Classifier> PreparedClassifier<M> make(
            ClassifierDirectory<M> pretrained, ClassifierSettings settings, Method method,
            AdaptedModel.Recipe recipe) {
        boolean frozen = method.training().isLowRank();
        return make(treatment -> pretrained.load(settings, name -> !frozen, treatment), method, recipe);
    }

    /** Makes a classifier of texts or pictures from a pretrained model, and what the method trains in it. */
    public static PreparedClassifier<SequenceClassifier> make(
            ModelDirectory pretrained, ClassifierSettings settings, Method method, AdaptedModel.Recipe recipe) {
        return make(new SequenceClassifierDirectory(pretrained), settings, method, recipe);
    }

    /**
     * Makes a classifier and what the method trains in it.
     *
     * @param recipe of the adapters, and of matrices in four bits, in methods that have some; parts of the model that
     *     the adapters are to save are trained too
     * @throws IllegalArgumentException when they do not fit the model
     */
    public static <M extends Classifier> PreparedClassifier<M> make(
            ClassifierSource<M> source, Method method, AdaptedModel.Recipe recipe) {
        if (method.reversible().isPresent()) {
            return of(MeftClassifier.make(
                    source, method.reversible().get().computedIn(recipe.dtype()), method::selection));
        }
        if (method.training().isLowRank()) {
            LoraClassifier<M> classifier = LoraClassifier.make(source, method.training(), recipe);
            return of(classifier, method.policy(), method.strategy(classifier.model().stack().config()));
        }
        M model = source.make(LinearTreatment.NONE);
        return ordinary(model, method.policy(), method.strategy(model.stack().config()));
    }

    /** How the classifier is run in training where other tokens carry gradients than the method would select. */
    public ActivationStrategy through(TokenSelection tokens) {
        if (reversible.isPresent()) {
            return reversible.get().layers().through(tokens);
        }
        ActivationStrategy strategy = new TokenTune(tokens, policy);
        return lowRank.map(classifier -> classifier.under(strategy)).orElse(strategy);
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
    public void save(ClassifierDirectory<M> pretrained, List<String> labels, Path target) {
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
