package org.frugaltorch.finetune.method;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.lora.LoraBias;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.model.ActivationStrategy;
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
 * @param adapters low-rank corrections of an otherwise ordinary model, if any
 * @param reversible the same classifier as one that was made reversible, if it was
 */
public record PreparedClassifier(
        SequenceClassifier model, ActivationStrategy training, ActivationStrategy evaluation,
        Optional<LoraAdapters> adapters, Optional<MeftClassifier> reversible) implements AutoCloseable {

    /** Rank 8 on all linear layers, beside the new head. */
    public static final LoraSettings USUAL_LORA = new LoraSettings(
            8, 16, 0, TargetModules.ALL_LINEAR, false, LoraBias.NONE, List.of("classifier"));

    /** An ordinary classifier, run as such. */
    public static PreparedClassifier ordinary(SequenceClassifier model) {
        return new PreparedClassifier(model, new KeepAll(), new KeepAll(), Optional.empty(), Optional.empty());
    }

    /**
     * Makes a classifier and what the method trains in it; low-rank adapters, if it has some, on all linear layers.
     *
     * @throws IllegalArgumentException when the method does not fit the model
     */
    public static PreparedClassifier make(ClassifierSource source, Method method) {
        return make(source, method, USUAL_LORA);
    }

    /**
     * Makes a classifier and what the method trains in it.
     *
     * @param lora adapters of the methods that have some; parts that they are to save are trained too
     * @throws IllegalArgumentException when they do not fit the model
     */
    public static PreparedClassifier make(ClassifierSource source, Method method, LoraSettings lora) {
        if (method.reversible().isPresent()) {
            MeftClassifier reversible = MeftClassifier.make(source, method.reversible().get(), method::selection);
            return new PreparedClassifier(reversible.model(), reversible.training(), reversible.evaluation(),
                    Optional.empty(), Optional.of(reversible));
        }
        LinearTreatment treatment =
                method.training() == Method.Training.QLORA ? Quantisation.QLORA::apply : LinearTreatment.NONE;
        SequenceClassifier model = source.make(treatment);
        try {
            ActivationStrategy training = method.strategy(model.stack().config());
            if (method.training() == Method.Training.FULL) {
                return new PreparedClassifier(model, training, new KeepAll(), Optional.empty(), Optional.empty());
            }
            LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32);
            adapters.add(AdaptedModel.ADAPTER, lora);
            return new PreparedClassifier(model, adapters.under(training), adapters.under(new KeepAll()),
                    Optional.of(adapters), Optional.empty());
        } catch (RuntimeException failure) {
            model.close();
            throw failure;
        }
    }

    /**
     * Writes the classifier as {@code frugal predict} reads it. Either all of it is there afterwards, or what was there
     * before.
     *
     * @param pretrained that it was made from
     * @param labels names of the classes, in the order of their scores
     */
    public void save(ModelDirectory pretrained, List<String> labels, Path target) {
        reversible.ifPresentOrElse(
                classifier -> MeftDirectory.write(classifier, pretrained, labels, target),
                () -> pretrained.save(model, labels, target));
    }

    @Override
    public void close() {
        adapters.ifPresent(LoraAdapters::close);
        reversible.ifPresentOrElse(MeftClassifier::close, model::close);
    }
}
