package org.frugaltorch.finetune.method;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/** A fine-tuned classifier on disk: a whole model, or adapters beside a pretrained one. */
public sealed interface TrainedClassifier {
    /** Names of the classes, in the order of their scores. */
    List<String> labels();

    /** Where the tokenizer is. */
    Path tokenizer();

    /** Longest sequence in tokens. */
    int maxPositionEmbeddings();

    /**
     * Loads it.
     *
     * @throws DataException when its files do not belong together
     */
    PreparedClassifier load(DType dtype);

    /**
     * Opens a directory of either kind.
     *
     * @param base where the pretrained model is now, if the directory holds adapters; null for where it was
     * @throws DataException when the directory holds no classifier
     * @throws IllegalArgumentException when a base is named for a whole model
     */
    static TrainedClassifier open(Path path, Path base) {
        if (MeftDirectory.isOne(path)) {
            return new Adapters(MeftDirectory.open(path, base));
        }
        if (base != null) {
            throw new IllegalArgumentException(
                    "--base names the pretrained model of adapters, but " + path + " holds a whole model: leave it out");
        }
        ModelDirectory directory = ModelDirectory.open(path);
        return new Whole(directory, directory.savedLabels());
    }

    /** A whole model. */
    record Whole(ModelDirectory directory, List<String> labels) implements TrainedClassifier {
        @Override
        public Path tokenizer() {
            return directory.path();
        }

        @Override
        public int maxPositionEmbeddings() {
            return directory.config().maxPositionEmbeddings();
        }

        @Override
        public PreparedClassifier load(DType dtype) {
            return PreparedClassifier.ordinary(directory.savedClassifier(new ClassifierSettings(
                    labels, directory.pooling(), dtype, Device.CPU, OptionalDouble.empty())));
        }
    }

    /** Adapters that make a pretrained model reversible. */
    record Adapters(MeftDirectory directory) implements TrainedClassifier {
        @Override
        public List<String> labels() {
            return directory.labels();
        }

        @Override
        public Path tokenizer() {
            return directory.base().path();
        }

        @Override
        public int maxPositionEmbeddings() {
            return directory.base().config().maxPositionEmbeddings();
        }

        @Override
        public PreparedClassifier load(DType dtype) {
            MeftClassifier classifier = directory.load(dtype);
            return new PreparedClassifier(classifier.model(), classifier.training(), classifier.evaluation(),
                    Optional.empty(), Optional.of(classifier));
        }
    }
}
