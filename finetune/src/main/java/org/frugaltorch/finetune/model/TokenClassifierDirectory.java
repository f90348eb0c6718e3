package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * A model directory for classifiers of tokens, as Transformers lays them out: {@code classifier.weight} and
 * {@code classifier.bias} on every token's last state, no pooler.
 *
 * @param directory a pretrained model, or a classifier of tokens already
 * @param head of the family's classifiers of tokens
 */
public record TokenClassifierDirectory(ModelDirectory directory, ClassifierHead head)
        implements ClassifierDirectory<TokenClassifier> {

    /**
     * Opens a directory.
     *
     * @throws DataException when there is no usable model, or its family has no classifiers of tokens
     */
    public static TokenClassifierDirectory open(Path path) {
        return of(ModelDirectory.open(path));
    }

    /**
     * What a model directory is for classifiers of tokens.
     *
     * @throws DataException when its family has none
     */
    public static TokenClassifierDirectory of(ModelDirectory directory) {
        return new TokenClassifierDirectory(directory, directory.family().tokenHead(directory.json())
                .orElseThrow(() -> new DataException(directory.path() + " is of the family "
                        + directory.family().modelType()
                        + ", which has no classifiers of tokens here; name an encoder such as bert or roberta")));
    }

    /** Whether a directory holds a classifier of tokens. */
    public static boolean isOne(Path path) {
        Path config = path.resolve("config.json");
        // By the configuration alone: adapters of a classifier of texts have one too, but no weights of a model.
        return Files.isRegularFile(config) && isOne(ModelDirectory.ofConfig(config));
    }

    /** The same by what a configuration says. */
    static boolean isOne(ModelDirectory directory) {
        return directory.family().tokenHead(directory.json())
                .map(head -> new TokenClassifierDirectory(directory, head).isTrained()).orElse(false);
    }

    /**
     * Whether the model is a classifier of tokens already. Its architecture says so: one of texts has a layer of the
     * same name.
     */
    public boolean isTrained() {
        return StreamSupport.stream(directory.json().path("architectures").spliterator(), false)
                .anyMatch(name -> name.asText().equals(head.architecture()));
    }

    @Override
    public List<String> labels() {
        return isTrained() ? ClassNames.saved(directory, head) : List.of();
    }

    @Override
    public List<String> savedLabels() {
        List<String> labels = labels();
        String weight = head.output() + ".weight";
        try (Checkpoint checkpoint = Checkpoint.open(directory.path())) {
            if (labels.isEmpty() || !checkpoint.names().contains(weight)
                    || checkpoint.entry(weight).shape()[0] != labels.size()) {
                throw new DataException(directory.path() + " holds no classifier of tokens: it needs " + weight
                        + " for the " + labels.size() + " classes of its config.json; train one with frugal tag first");
            }
        }
        return labels;
    }

    @Override
    public void requireHead(List<String> classes) {
        if (!savedLabels().equals(classes)) {
            throw new DataException(directory.path() + " has a head for the labels " + savedLabels() + ", not for " + classes
                    + ": name the model that the adapters were trained on");
        }
    }

    @Override
    public Pooling pooling() {
        return null;
    }

    /** Loads the model to be trained as a whole. */
    public TokenClassifier load(ClassifierSettings settings) {
        return load(settings, name -> true, LinearTreatment.NONE);
    }

    @Override
    public TokenClassifier loadTrained(DType dtype, Device device) {
        return load(ClassifierSettings.ofTokens(savedLabels(), dtype, device, OptionalDouble.empty()), name -> false,
                LinearTreatment.NONE);
    }

    @Override
    public TokenClassifier load(
            ClassifierSettings settings, Predicate<String> trainable, LinearTreatment treatment) {
        try (Checkpoint checkpoint = Checkpoint.open(directory.path())) {
            CheckpointSource source = directory.source(checkpoint, settings.dtype(), settings.device(), false);
            return ModelAssembly.owning(parameters -> {
                ModelAssembly assembly = new ModelAssembly(directory.family(), directory.effective(settings), source,
                        parameters, trainable, treatment);
                TokenClassifier classifier = assembly.tokenClassifier(head, settings.labels().size(),
                        settings.dropout().orElse(head.dropout()), settings.labels().equals(labels()),
                        new RandomSource(settings.dtype(), settings.device()));
                source.finish();
                return classifier;
            });
        }
    }

    @Override
    public ObjectNode config(List<String> labels, Pooling pooling) {
        ObjectNode config = directory.json().deepCopy();
        config.putArray("architectures").add(head.architecture());
        ClassNames.put(labels, config);
        config.remove(List.of(ModelDirectory.POOLING_FIELD, "problem_type"));
        return config;
    }

    @Override
    public void save(TokenClassifier model, List<String> labels, Path target) {
        directory.writer().write(config(labels, null), model.dtype(), model.parameters(), target);
    }
}
