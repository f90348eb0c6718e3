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
 */
public sealed interface TrainedClassifier<M extends Classifier> {
    /** Names of the classes, in the order of their scores. */
    List<String> labels();

    /** The model, or the pretrained one below its adapters; the tokenizer is there too. */
    ModelDirectory base();

    /**
     * Loads it.
     *
     * @throws DataException when its files do not belong together
     */
    PreparedClassifier<M> load(DType dtype, Device device);

    /** Loads it on the CPU. */
    default PreparedClassifier<M> load(DType dtype) {
        return load(dtype, Device.CPU);
    }

    /**
     * Opens a directory with a classifier of texts or pictures.
     *
     * @param base where the pretrained model is now, if the directory holds adapters; null for where it was
     * @throws DataException when the directory holds no such classifier
     * @throws IllegalArgumentException when a base is named for a whole model
     */
    static TrainedClassifier<SequenceClassifier> open(Path path, Path base) {
        return open(path, base, SequenceClassifierDirectory::new);
    }

    /**
     * Opens a directory with a classifier of tokens.
     *
     * @param base where the pretrained model is now, if the directory holds adapters; null for where it was
     * @throws DataException when the directory holds no such classifier
     * @throws IllegalArgumentException when a base is named for a whole model
     */
    static TrainedClassifier<TokenClassifier> openOfTokens(Path path, Path base) {
        return open(path, base, TokenClassifierDirectory::of);
    }

    private static <M extends Classifier> TrainedClassifier<M> open(
            Path path, Path base, Function<ModelDirectory, ClassifierDirectory<M>> kind) {
        if (MeftDirectory.isOne(path)) {
            return new Reversible<>(MeftDirectory.open(path, base, kind));
        }
        if (isAdapters(path)) {
            return new LowRank<>(LoraClassifierDirectory.open(path, base, kind));
        }
        if (base != null) {
            throw new IllegalArgumentException(
                    "--base names the pretrained model of adapters, but " + path + " holds a whole model: leave it out");
        }
        return new Whole<>(kind.apply(ModelDirectory.open(path)));
    }

    /** Whether a directory holds adapters beside a pretrained model. */
    static boolean isAdapters(Path path) {
        return AdapterDescription.isAdapter(path);
    }

    /** Whether a directory holds a classifier of tokens. */
    static boolean isOfTokens(Path path) {
        return isAdapters(path)
                ? AdapterDescription.task(path) == Task.TOKEN_CLS
                : TokenClassifierDirectory.isOne(path);
    }

    /** A whole model. */
    record Whole<M extends Classifier>(ClassifierDirectory<M> directory) implements TrainedClassifier<M> {
        @Override
        public List<String> labels() {
            return directory.savedLabels();
        }

        @Override
        public ModelDirectory base() {
            return directory.directory();
        }

        @Override
        public PreparedClassifier<M> load(DType dtype, Device device) {
            return PreparedClassifier.ordinary(directory.loadTrained(dtype, device));
        }
    }

    /** Low-rank adapters. */
    record LowRank<M extends Classifier>(LoraClassifierDirectory<M> directory) implements TrainedClassifier<M> {
        @Override
        public List<String> labels() {
            return directory.labels();
        }

        @Override
        public ModelDirectory base() {
            return directory.base().directory();
        }

        @Override
        public PreparedClassifier<M> load(DType dtype, Device device) {
            return PreparedClassifier.of(directory.load(dtype, device));
        }
    }

    /** Adapters that make a pretrained model reversible. */
    record Reversible<M extends Classifier>(MeftDirectory<M> directory) implements TrainedClassifier<M> {
        @Override
        public List<String> labels() {
            return directory.labels();
        }

        @Override
        public ModelDirectory base() {
            return directory.base().directory();
        }

        @Override
        public PreparedClassifier<M> load(DType dtype, Device device) {
            return PreparedClassifier.of(directory.load(dtype, device));
        }
    }
}
