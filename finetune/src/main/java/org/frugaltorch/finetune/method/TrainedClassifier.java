package org.frugaltorch.finetune.method;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.frugaltorch.finetune.lora.AdapterDescription;
import org.frugaltorch.finetune.lora.AdapterOrigin.Task;
import org.frugaltorch.finetune.model.Classifier;
import org.frugaltorch.finetune.model.ClassifierDirectory;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.model.TokenClassifier;
import org.frugaltorch.finetune.model.TokenClassifierDirectory;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * A fine-tuned classifier on disk: a whole model, or adapters beside a pretrained one.
 *
 * @param <M> the kind of classifier
 * @param path the directory
 * @param base the model, or the pretrained one below its adapters; the tokenizer is there too
 * @param labels names of the classes, in the order of their scores
 * @param loader reads what was opened
 */
public record TrainedClassifier<M extends Classifier>(
        Path path, ModelDirectory base, List<String> labels, Loader<M> loader) {
    /** How a classifier is read. */
    @FunctionalInterface
    public interface Loader<M extends Classifier> {
        PreparedClassifier<M> load(DType dtype, Device device);
    }

    /**
     * Makes sure that it tells classes apart.
     *
     * @throws DataException when it gives every input one number, as models of a regression do
     */
    public TrainedClassifier<M> requireClasses() {
        if (labels.size() < 2) {
            throw new DataException("The model in " + path + " gives every input one number and tells no classes apart:"
                    + " it is none for this");
        }
        return this;
    }

    /**
     * Loads it.
     *
     * @throws DataException when its files do not belong together
     */
    public PreparedClassifier<M> load(DType dtype, Device device) {
        return loader.load(dtype, device);
    }

    /** Loads it on the CPU. */
    public PreparedClassifier<M> load(DType dtype) {
        return load(dtype, Device.CPU);
    }

    /**
     * Opens a directory with a classifier of texts or pictures.
     *
     * @param base where the pretrained model is now, if the directory holds adapters; null for where it was
     * @throws DataException when the directory holds no such classifier
     * @throws IllegalArgumentException when a base is named for a whole model
     */
    public static TrainedClassifier<SequenceClassifier> open(Path path, Path base) {
        return open(path, base, SequenceClassifierDirectory::new);
    }

    /**
     * Opens a directory with a classifier of tokens.
     *
     * @param base where the pretrained model is now, if the directory holds adapters; null for where it was
     * @throws DataException when the directory holds no such classifier
     * @throws IllegalArgumentException when a base is named for a whole model
     */
    public static TrainedClassifier<TokenClassifier> openOfTokens(Path path, Path base) {
        return open(path, base, TokenClassifierDirectory::of);
    }

    private static <M extends Classifier> TrainedClassifier<M> open(
            Path path, Path base, Function<ModelDirectory, ClassifierDirectory<M>> kind) {
        if (MeftDirectory.isOne(path)) {
            MeftDirectory<M> reversible = MeftDirectory.open(path, base, kind);
            return new TrainedClassifier<>(path, reversible.base().directory(), reversible.labels(),
                    (dtype, device) -> PreparedClassifier.of(reversible.load(dtype, device)));
        }
        if (isAdapters(path)) {
            LoraClassifierDirectory<M> lowRank = LoraClassifierDirectory.open(path, base, kind);
            return new TrainedClassifier<>(path, lowRank.base().directory(), lowRank.labels(),
                    (dtype, device) -> PreparedClassifier.of(lowRank.load(dtype, device)));
        }
        if (base != null) {
            throw new IllegalArgumentException(
                    "--base names the pretrained model of adapters, but " + path + " holds a whole model: leave it out");
        }
        ClassifierDirectory<M> whole = kind.apply(ModelDirectory.open(path));
        return new TrainedClassifier<>(path, whole.directory(), whole.savedLabels(),
                (dtype, device) -> PreparedClassifier.ordinary(whole.loadTrained(dtype, device)));
    }

    /** Whether a directory holds adapters beside a pretrained model. */
    public static boolean isAdapters(Path path) {
        return AdapterDescription.isAdapter(path);
    }

    /** Whether a directory holds a classifier of tokens. */
    public static boolean isOfTokens(Path path) {
        return isAdapters(path)
                ? AdapterDescription.task(path) == Task.TOKEN_CLS
                : TokenClassifierDirectory.isOne(path);
    }
}
