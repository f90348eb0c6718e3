package org.frugaltorch.finetune.method;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.frugaltorch.finetune.lora.AdapterDescription;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/** A fine-tuned classifier on disk: a whole model, or adapters beside a pretrained one. */
public sealed interface TrainedClassifier {
    /** Names of the classes, in the order of their scores. */
    List<String> labels();

    /** The model, or the pretrained one below its adapters; the tokenizer is there too. */
    ModelDirectory base();

    /**
     * Loads it.
     *
     * @throws DataException when its files do not belong together
     */
    PreparedClassifier load(DType dtype, Device device);

    /** Loads it on the CPU. */
    default PreparedClassifier load(DType dtype) {
        return load(dtype, Device.CPU);
    }

    /**
     * Opens a directory of any of these kinds.
     *
     * @param base where the pretrained model is now, if the directory holds adapters; null for where it was
     * @throws DataException when the directory holds no classifier
     * @throws IllegalArgumentException when a base is named for a whole model
     */
    static TrainedClassifier open(Path path, Path base) {
        if (MeftDirectory.isOne(path)) {
            return new Reversible(MeftDirectory.open(path, base));
        }
        if (isAdapters(path)) {
            return new LowRank(LoraClassifierDirectory.open(path, base));
        }
        if (base != null) {
            throw new IllegalArgumentException(
                    "--base names the pretrained model of adapters, but " + path + " holds a whole model: leave it out");
        }
        ModelDirectory directory = ModelDirectory.open(path);
        return new Whole(directory, directory.savedLabels());
    }

    /** Whether a directory holds adapters beside a pretrained model. */
    static boolean isAdapters(Path path) {
        return AdapterDescription.isAdapter(path);
    }

    /** A whole model. */
    record Whole(ModelDirectory base, List<String> labels) implements TrainedClassifier {
        @Override
        public PreparedClassifier load(DType dtype, Device device) {
            return PreparedClassifier.ordinary(base.savedClassifier(new ClassifierSettings(
                    labels, base.pooling(), dtype, device, OptionalDouble.empty())));
        }
    }

    /** Low-rank adapters. */
    record LowRank(LoraClassifierDirectory directory) implements TrainedClassifier {
        @Override
        public List<String> labels() {
            return directory.labels();
        }

        @Override
        public ModelDirectory base() {
            return directory.base();
        }

        @Override
        public PreparedClassifier load(DType dtype, Device device) {
            return PreparedClassifier.of(directory.load(dtype, device));
        }
    }

    /** Adapters that make a pretrained model reversible. */
    record Reversible(MeftDirectory directory) implements TrainedClassifier {
        @Override
        public List<String> labels() {
            return directory.labels();
        }

        @Override
        public ModelDirectory base() {
            return directory.base();
        }

        @Override
        public PreparedClassifier load(DType dtype, Device device) {
            return PreparedClassifier.of(directory.load(dtype, device));
        }
    }
}
