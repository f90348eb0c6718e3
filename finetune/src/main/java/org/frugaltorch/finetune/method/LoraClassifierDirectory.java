package org.frugaltorch.finetune.method;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.frugaltorch.finetune.lora.AdapterDescription;
import org.frugaltorch.finetune.lora.AdapterOrigin;
import org.frugaltorch.finetune.lora.AdapterOrigin.Task;
import org.frugaltorch.finetune.lora.AdapterPrecision;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.Classifier;
import org.frugaltorch.finetune.model.ClassifierDirectory;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.model.TokenClassifierDirectory;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.quant.QuantisationConfig;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * A classifier's low-rank adapters on disk, as PEFT lays them out, with the head among them. What PEFT's files have no
 * place for is in a {@code config.json} beside: the classes, how states become one vector, and whether the base was
 * rounded to four bits. An adapter of PEFT's own lacks that; then its base says it, or the family's habit does.
 *
 * @param <M> the kind of classifier
 * @param path the directory
 * @param base the pretrained model, with the tokenizer
 * @param labels names of the classes, in the order of their scores
 * @param pooling how states become one vector; null in classifiers of tokens
 * @param rounding of the base's matrices, if they are rounded when they are read
 */
record LoraClassifierDirectory<M extends Classifier>(
        Path path, ClassifierDirectory<M> base, List<String> labels, Pooling pooling,
        Optional<Quantisation> rounding) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String WEIGHT = ".weight";

    /**
     * Opens a directory.
     *
     * @param baseElsewhere where the pretrained model is now; null for where the directory says it was
     * @param kind what a model directory is for classifiers of the kind
     * @throws DataException when there are no such adapters, or their pretrained model is not there
     */
    static <M extends Classifier> LoraClassifierDirectory<M> open(
            Path path, Path baseElsewhere, Function<ModelDirectory, ClassifierDirectory<M>> kind) {
        AdapterDescription adapter = AdapterDescription.of(path);
        ModelDirectory directory =
                ModelDirectory.open(baseElsewhere != null ? baseElsewhere : namedBase(path, adapter));
        ClassifierDirectory<M> base = kind.apply(directory);
        Optional<ModelDirectory> beside = ModelDirectory.ofAdapters(path);
        Optional<ClassifierDirectory<M>> noted = beside.map(kind);
        List<String> labels = noted.map(ClassifierDirectory::labels).orElseGet(() -> labels(adapter, base));
        if (labels.isEmpty()) {
            throw new DataException(path + " holds no classifier: it has no head for classes, and neither has "
                    + directory.path());
        }
        return new LoraClassifierDirectory<>(path, base, labels, noted.orElse(base).pooling(),
                beside.flatMap(ModelDirectory::quantisation).map(QuantisationConfig::quantisation)
                        .filter(any -> directory.quantisation().isEmpty()));
    }

    /** Only a path can be followed; what an adapter names otherwise is a model somewhere else. */
    private static Path namedBase(Path path, AdapterDescription adapter) {
        return adapter.baseModel().filter(name -> name.indexOf('\0') < 0).map(path::resolve)
                .filter(Files::isDirectory)
                .orElseThrow(() -> new DataException("The adapters in " + path + " belong to "
                        + adapter.baseModel().map(name -> "the pretrained model " + name + ", which is not there")
                                .orElse("a pretrained model that they do not name")
                        + ": name the folder it is in now with --base"));
    }

    private static List<String> labels(AdapterDescription adapter, ClassifierDirectory<?> base) {
        long[] head = adapter.shapes().get(base.head().output() + WEIGHT);
        return head == null || head.length == 0 ? base.labels() : base.directory().labelsOf((int) head[0]);
    }

    /**
     * Loads the classifier.
     *
     * @throws DataException when the adapters do not belong to the pretrained model
     */
    public LoraClassifier<M> load(DType dtype, Device device) {
        Optional<Quantisation> rounded =
                rounding.map(how -> how.computedIn(dtype));
        ClassifierSettings settings =
                new ClassifierSettings(labels, pooling, dtype, device, OptionalDouble.empty());
        if (!AdapterDescription.of(path).shapes().containsKey(base.head().output() + WEIGHT)) {
            base.requireHead(labels);
        }
        M model = base.load(settings, name -> false,
                rounded.<LinearTreatment>map(how -> how::apply).orElse(LinearTreatment.NONE));
        LoraAdapters adapters = new LoraAdapters(model.parameters(), AdapterPrecision.FLOAT32);
        try {
            adapters.load(AdaptedModel.ADAPTER, path);
            LoraSettings lora = adapters.settings(AdaptedModel.ADAPTER);
            return new LoraClassifier<>(model, adapters, rounded.isPresent() ? Training.QLORA : Training.LORA,
                    new AdaptedModel.Recipe(
                            dtype, lora, rounded.orElse(Quantisation.QLORA.computedIn(dtype))));
        } catch (RuntimeException failure) {
            adapters.close();
            model.close();
            throw failure;
        }
    }

    /**
     * Writes what was trained of a classifier. Either all of it is there afterwards, or what was there before.
     *
     * @param base the pretrained model that it was made from
     */
    static <M extends Classifier> void write(
            LoraClassifier<M> classifier, ClassifierDirectory<M> base, List<String> labels, Path target) {
        ModelDirectory pretrained = base.directory();
        ObjectNode config = base.config(labels, classifier.model().pooling());
        classifier.rounding().filter(how -> pretrained.quantisation().isEmpty())
                .ifPresent(how -> config.set(QuantisationConfig.FIELD,
                        new QuantisationConfig(how, Optional.of(base.head().layers())).toJson()));
        AdapterOrigin origin =
                new AdapterOrigin(pretrained.path().toAbsolutePath().normalize().toString(), task(base));
        classifier.adapters().save(AdaptedModel.ADAPTER, target, origin, directory -> {
            pretrained.copyInputFiles(directory);
            Files.writeString(directory.resolve("config.json"),
                    MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(config));
        });
    }

    private static Task task(ClassifierDirectory<?> base) {
        return switch (base) {
            case TokenClassifierDirectory tokens -> Task.TOKEN_CLS;
            case SequenceClassifierDirectory texts when texts.directory().config().input().image() == null ->
                    Task.SEQ_CLS;
            case SequenceClassifierDirectory pictures -> Task.OTHER;
        };
    }
}
