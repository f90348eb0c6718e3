package org.frugaltorch.finetune.method;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.frugaltorch.finetune.model.Classifier;
import org.frugaltorch.finetune.model.ClassifierDirectory;
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
 *
 * @param <M> the kind of classifier
 */
public final class MeftDirectory<M extends Classifier> {
    private final MeftFiles files;
    private final ClassifierDirectory<M> base;
    private final MeftConfig.Classes classes;

    private MeftDirectory(MeftFiles files, ClassifierDirectory<M> base, MeftConfig.Classes classes) {
        this.files = files;
        this.base = base;
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
     * @param kind what a model directory is for classifiers of the kind
     * @throws DataException when there is no such classifier, or its pretrained model is not there
     */
    static <M extends Classifier> MeftDirectory<M> open(
            Path path, Path baseElsewhere, Function<ModelDirectory, ClassifierDirectory<M>> kind) {
        MeftFiles files = MeftFiles.open(path, baseElsewhere);
        MeftConfig.Classes classes = files.config().classes().orElseThrow(() -> new DataException(
                "The adapters in " + path + " belong to a model that continues text, not to a classifier: use them with"
                        + " frugal generate or frugal evaluate"));
        return new MeftDirectory<>(files, kind.apply(files.base()), classes);
    }

    /** The pretrained model, with the tokenizer. */
    public ClassifierDirectory<M> base() {
        return base;
    }

    /** Names of the classes, in the order of their scores. */
    public List<String> labels() {
        return classes.labels();
    }

    /** How states become one vector; empty in classifiers of tokens. */
    public Optional<Pooling> pooling() {
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
    public MeftClassifier<M> load(DType dtype, Device device) {
        ClassifierSettings settings =
                new ClassifierSettings(labels(), pooling().orElse(null), dtype, device, OptionalDouble.empty());
        MeftClassifier<M> classifier = MeftClassifier.make(
                treatment -> base.load(settings, name -> true, treatment),
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
    static <M extends Classifier> void write(
            MeftClassifier<M> classifier, ClassifierDirectory<M> base, List<String> labels, Path target) {
        Optional<Pooling> pooling = Optional.ofNullable(classifier.model().pooling());
        MeftConfig config = new MeftConfig(MeftFiles.named(base.directory()),
                Optional.of(new MeftConfig.Classes(labels, pooling)), classifier.layers().recipe());
        MeftFiles.write(config, classifier.model().parameters(), directory -> {}, target);
    }
}
