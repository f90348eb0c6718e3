package org.frugaltorch.finetune.method;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * A classifier that was made reversible, on disk: {@code adapter_config.json}, which names the pretrained model, and
 * {@code adapter_model.safetensors} with everything that was trained. A language model is read by
 * {@link AdaptedModel#load}.
 */
public final class MeftDirectory {
    private final MeftFiles files;
    private final MeftConfig.Classes classes;

    private MeftDirectory(MeftFiles files, MeftConfig.Classes classes) {
        this.files = files;
        this.classes = classes;
    }

    /** Whether a directory holds a classifier or a language model that was made reversible. */
    public static boolean isOne(Path path) {
        return MeftFiles.areIn(path);
    }

    /**
     * Opens a directory.
     *
     * @param baseElsewhere where the pretrained model is now; null for where the directory says it was
     * @throws DataException when there is no such classifier, or its pretrained model is not there
     */
    public static MeftDirectory open(Path path, Path baseElsewhere) {
        MeftFiles files = MeftFiles.open(path, baseElsewhere);
        return new MeftDirectory(files, files.config().classes().orElseThrow(() -> new DataException(
                "The adapters in " + path + " belong to a model that continues text, not to a classifier: use them with"
                        + " frugal generate or frugal evaluate")));
    }

    /** The pretrained model, with the tokenizer. */
    public ModelDirectory base() {
        return files.base();
    }

    /** Names of the classes, in the order of their scores. */
    public List<String> labels() {
        return classes.labels();
    }

    /** How states become one vector. */
    public Pooling pooling() {
        return classes.pooling();
    }

    /** How the model was made. */
    public MeftRecipe recipe() {
        return files.config().recipe();
    }

    /**
     * Loads the classifier.
     *
     * @throws DataException when the adapters do not belong to the pretrained model
     */
    public MeftClassifier load(DType dtype, Device device) {
        ClassifierSettings settings =
                new ClassifierSettings(labels(), pooling(), dtype, device, OptionalDouble.empty());
        MeftClassifier classifier = MeftClassifier.make(
                treatment -> base().classifier(settings, name -> true, treatment),
                recipe().computedIn(dtype), config -> Optional.empty());
        try {
            files.readInto(classifier.model().parameters());
            return classifier;
        } catch (RuntimeException failure) {
            classifier.close();
            throw failure;
        }
    }

    /**
     * Writes what was trained of a classifier. Either all of it is there afterwards, or what was there before.
     *
     * @param base the pretrained model that it was made from
     */
    public static void write(MeftClassifier classifier, ModelDirectory base, List<String> labels, Path target) {
        MeftConfig config = new MeftConfig(MeftFiles.named(base),
                Optional.of(new MeftConfig.Classes(labels, classifier.model().pooling())),
                classifier.layers().recipe());
        MeftFiles.write(config, classifier.model().parameters(), directory -> {}, target);
    }
}
