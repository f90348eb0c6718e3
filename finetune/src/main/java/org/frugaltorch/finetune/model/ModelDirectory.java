package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.frugaltorch.finetune.quant.QuantisationConfig;
import org.frugaltorch.finetune.quant.StoredQuantisation;
import org.frugaltorch.finetune.text.JsonFile;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * A model as Hugging Face lays it out: {@code config.json}, {@code model.safetensors} and the tokenizer's files.
 *
 * @param path the directory
 * @param json its configuration as published
 * @param family of the model
 * @param config what the configuration says
 */
public record ModelDirectory(Path path, ObjectNode json, ModelFamily family, TransformerConfig config) {
    static final String CONFIG_FILE = "config.json";
    private static final String ADAPTER_FILE = "adapter_config.json";
    static final String POOLING_FIELD = "frugaltorch_pooling";

    /** What a classifier is, of which a directory holds adapters only; empty where nothing was noted beside them. */
    public static Optional<ModelDirectory> ofAdapters(Path path) {
        return Files.isRegularFile(path.resolve(CONFIG_FILE))
                ? Optional.of(ofConfig(path.resolve(CONFIG_FILE)))
                        .filter(beside -> beside.json.has(POOLING_FIELD) || TokenClassifierDirectory.isOne(beside))
                : Optional.empty();
    }

    /**
     * Reads the configuration of a directory.
     *
     * @throws DataException when there is none, or one that is not usable
     */
    public static ModelDirectory open(Path path) {
        Path file = path.resolve(CONFIG_FILE);
        if (Files.isRegularFile(path.resolve(ADAPTER_FILE)) && !hasWeights(path)) {
            throw new DataException(path + " holds adapters and no model: name the model that they were trained on, or,"
                    + " where they are of low rank, make one of both with frugal merge");
        }
        if (!Files.isRegularFile(file)) {
            throw new DataException(path + " is no model directory: it has no " + CONFIG_FILE
                    + " (expected are config.json, model.safetensors and tokenizer.json or vocab.txt)");
        }
        return ofConfig(file);
    }

    private static boolean hasWeights(Path path) {
        return Files.exists(path.resolve(Checkpoint.SINGLE_FILE)) || Files.exists(path.resolve(Checkpoint.INDEX_FILE));
    }

    /**
     * Reads a configuration in a file of any name; the directory is the file's.
     *
     * @throws DataException when the file is not there, or not usable
     */
    public static ModelDirectory ofConfig(Path file) {
        ObjectNode json = JsonFile.readObject(file);
        ModelFamily family = ModelFamilies.of(json);
        Path directory = file.getParent() == null ? Path.of("") : file.getParent();
        return new ModelDirectory(directory, json, family, family.config(json));
    }

    /** The class names that the configuration lists, in order; empty when it lists none. */
    public List<String> labels() {
        return ClassNames.of(json, path.resolve(CONFIG_FILE));
    }

    /** The pooling that a model saved by us was trained with; published classifiers have their family's. */
    public Pooling pooling() {
        return json.has(POOLING_FIELD) ? Pooling.named(json.path(POOLING_FIELD).asText()) : head().pooling();
    }

    /**
     * The pooling that fine-tuning from here begins with unless told otherwise: the mean of all tokens of a text; what
     * the family's own classifiers read in a model of pictures, or one whose last token alone has seen all others.
     */
    public Pooling usualPooling() {
        return config.layout().causal() || config.input().image() != null ? head().pooling() : Pooling.MEAN;
    }

    /**
     * Whether this is a model that gives classes rather than one that continues text: an encoder, an encoder with a
     * decoder, or a decoder whose configuration says so.
     */
    public boolean isClassifier() {
        return !config.layout().causal() || config.encoder() != null
                || json.path("architectures").path(0).asText().equals(head().architecture());
    }

    /** Parts that are new in a classifier: adapters train and store these in full. */
    public List<String> classifierModules() {
        return head().newModules();
    }

    /** The head of the family's classifiers. */
    public ClassifierHead head() {
        return family.head(json);
    }

    /**
     * Loads the model with its head that scores the next token.
     *
     * @throws DataException when it is no model of that kind, or weights are missing or contradict the configuration
     */
    public CausalLanguageModel languageModel(LanguageModelSettings settings) {
        return languageModel(settings, LinearTreatment.NONE);
    }

    /**
     * Loads the same, each linear layer treated before the next one is loaded.
     *
     * @throws DataException when it is no model of that kind, or weights are missing or contradict the configuration
     */
    public CausalLanguageModel languageModel(LanguageModelSettings settings, LinearTreatment treatment) {
        requireDecoder();
        Checkpoint checkpoint = Checkpoint.open(path);
        try {
            DType dtype = settings.dtype().orElseGet(() -> storedType(checkpoint));
            CheckpointSource source = source(checkpoint, dtype, settings.device(), settings.mapFrozen());
            CausalLanguageModel model =
                    languageModel(source, settings, treatment, settings.mapFrozen() ? checkpoint : null);
            if (!settings.mapFrozen()) {
                checkpoint.close();
            }
            return model;
        } catch (RuntimeException failure) {
            checkpoint.close();
            throw failure;
        }
    }

    /**
     * A language model of this shape with fresh weights, drawn from the engine's generator; the directory needs no
     * weights.
     *
     * @param settings float32 where they name no type
     * @throws DataException when it is no model of that kind
     */
    public CausalLanguageModel randomLanguageModel(LanguageModelSettings settings, LinearTreatment treatment) {
        requireDecoder();
        RandomSource source = new RandomSource(settings.dtype().orElse(DType.FLOAT32), settings.device());
        return languageModel(source, settings, treatment, null);
    }

    private void requireDecoder() {
        if (config.encoder() != null) {
            throw new DataException(path + " is of the family " + family.modelType()
                    + ", whose models answer a text instead of continuing it; name a decoder such as llama or opt");
        }
        if (!config.layout().causal()) {
            throw new DataException(path + " is of the family " + family.modelType()
                    + ", whose models see the whole text and cannot continue one; name a decoder such as llama");
        }
    }

    private CausalLanguageModel languageModel(
            ParameterSource source, LanguageModelSettings settings, LinearTreatment treatment, Checkpoint file) {
        return ModelAssembly.owning(parameters -> {
            CausalLanguageModel model =
                    new ModelAssembly(family, config, source, parameters, settings.trainable(), treatment)
                            .languageModel(file);
            if (source instanceof CheckpointSource checkpoint) {
                checkpoint.finish();
            }
            return model;
        });
    }

    /**
     * Loads an encoder and a decoder with the head that scores the decoder's next token.
     *
     * @throws DataException when it is no model of that kind, or weights are missing or contradict the configuration
     */
    public TextToTextModel textToTextModel(DType dtype, Device device) {
        if (config.encoder() == null) {
            throw new DataException(path + " is of the family " + family.modelType()
                    + ", which has no encoder beside a decoder; name a model such as bart");
        }
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            CheckpointSource source = source(checkpoint, dtype, device, false);
            return ModelAssembly.owning(parameters -> {
                TextToTextModel model =
                        new ModelAssembly(family, config, source, parameters, name -> true, LinearTreatment.NONE)
                                .textToText(new ConfigReader(json));
                source.finish();
                return model;
            });
        }
    }

    /** The configuration with the dropout that was asked for. */
    TransformerConfig effective(ClassifierSettings settings) {
        return settings.dropout().isPresent() ? config.withDropout(settings.dropout().getAsDouble()) : config;
    }

    /** Weights from this directory's checkpoint. */
    CheckpointSource source(Checkpoint checkpoint, DType dtype, Device device, boolean mapped) {
        return new CheckpointSource(
                checkpoint, family.names().prefix(), dtype, device, mapped, quantisation());
    }

    /**
     * How the stored weights are quantised; empty when they are not.
     *
     * @throws DataException when it is in a way that is not supported
     */
    public Optional<QuantisationConfig> quantisation() {
        return QuantisationConfig.of(json, path.resolve(CONFIG_FILE));
    }

    /**
     * The type that most of the weights are stored in.
     *
     * @throws DataException when there are no weights
     */
    public DType storedType() {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            return storedType(checkpoint);
        }
    }

    private static DType storedType(Checkpoint checkpoint) {
        // Norms and tables of rotations are often stored in another type than the matrices.
        Map<DType, Long> bytes = new EnumMap<>(DType.class);
        checkpoint.names().stream().filter(name -> !StoredQuantisation.isCompanion(name)).map(checkpoint::entry)
                .filter(entry -> entry.dtype().isFloatingPoint())
                .forEach(entry -> bytes.merge(entry.dtype(), entry.data().byteSize(), Long::sum));
        return bytes.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey)
                .orElse(DType.FLOAT32);
    }

    /** The class names of this model if they are so many, otherwise those that Transformers makes up. */
    public List<String> labelsOf(int classes) {
        List<String> labels = labels();
        return labels.size() == classes ? labels : ClassNames.madeUp(classes);
    }

    /**
     * Writes a language model that was loaded from here, with its tokenizer and settings of generation, as a directory of
     * its own that other libraries can load. Either all of it is there afterwards, or what was there before.
     */
    public void save(CausalLanguageModel model, Path target) {
        writer().write(json.deepCopy(), model.dtype(), model.parameters(), target);
    }

    /** Writes a model that was loaded from here, with its tokenizer, as a directory of its own, or nothing. */
    public void save(TextToTextModel model, Path target) {
        writer().write(json.deepCopy(), model.dtype(), model.parameters(), target);
    }

    ModelWriter writer() {
        return new ModelWriter(path);
    }

    /** Copies to a directory that is there already what makes texts, or pictures, this model's input. */
    public void copyInputFiles(Path target) throws IOException {
        writer().copyInputFiles(target);
    }

    /** Copies the tokenizer's files to a directory that is there already. */
    public void copyTokenizer(Path target) throws IOException {
        writer().copyTokenizer(target);
    }
}
