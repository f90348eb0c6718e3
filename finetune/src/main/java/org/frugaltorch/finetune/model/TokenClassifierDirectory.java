package org.frugaltorch.finetune.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.DataException;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * A model directory for classifiers of tokens, as Transformers lays them out: {@code classifier.weight} and
 * {@code classifier.bias} on every token's last state, no pooler.
 *
 * @param directory a pretrained model, or a classifier of tokens already
 * @param head of the family's classifiers of tokens
 */
public record TokenClassifierDirectory(ModelDirectory directory, ClassifierHead head) {

    /**
     * Opens a directory.
     *
     * @throws DataException when there is no usable model, or its family has no classifiers of tokens
     */
    public static TokenClassifierDirectory open(Path path) {
        ModelDirectory directory = ModelDirectory.open(path);
        return new TokenClassifierDirectory(directory, directory.family().tokenHead(directory.json())
                .orElseThrow(() -> new DataException(path + " is of the family " + directory.family().modelType()
                        + ", which has no classifiers of tokens here; name an encoder such as bert or roberta")));
    }

    /** Whether a directory holds a classifier of tokens. */
    public static boolean isOne(Path path) {
        Path config = path.resolve("config.json");
        if (!Files.isRegularFile(config)) {
            return false;
        }
        // By the configuration alone: adapters of a classifier of texts have one too, but no weights of a model.
        ModelDirectory directory = ModelDirectory.ofConfig(config);
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

    /** Names of the classes that the model gives scores to, in their order; none if it is no such classifier yet. */
    public List<String> labels() {
        return isTrained() ? directory.labels() : List.of();
    }

    /**
     * Loads the model with a head for classes. The head of a classifier of these very classes goes on; otherwise, a new
     * one is drawn from the engine's generator.
     *
     * @throws DataException when weights are missing or contradict the configuration
     */
    public TokenClassifier load(ClassifierSettings settings) {
        return load(settings, name -> true);
    }

    /**
     * Loads the classifier that was saved here, frozen.
     *
     * @throws DataException when there is none
     */
    public TokenClassifier loadTrained(DType dtype, Device device) {
        List<String> labels = labels();
        String weight = head.output() + ".weight";
        try (Checkpoint checkpoint = Checkpoint.open(directory.path())) {
            if (labels.isEmpty() || !checkpoint.names().contains(weight)
                    || checkpoint.entry(weight).shape()[0] != labels.size()) {
                throw new DataException(directory.path() + " holds no classifier of tokens: it needs " + weight
                        + " for the " + labels.size() + " classes of its config.json; train one with frugal tag first");
            }
        }
        return load(ClassifierSettings.ofTokens(labels, dtype, device, OptionalDouble.empty()), name -> false);
    }

    private TokenClassifier load(ClassifierSettings settings, Predicate<String> trainable) {
        Parameters parameters = new Parameters();
        try (Checkpoint checkpoint = Checkpoint.open(directory.path())) {
            CheckpointSource source = directory.source(checkpoint, settings.dtype(), settings.device(), false);
            ModelAssembly assembly = new ModelAssembly(directory.family(), directory.effective(settings), source,
                    parameters, trainable, LinearTreatment.NONE);
            TokenClassifier classifier = assembly.tokenClassifier(head, settings.labels().size(),
                    settings.dropout().orElse(head.dropout()), settings.labels().equals(labels()),
                    new RandomSource(settings.dtype(), settings.device()));
            source.finish();
            return classifier;
        } catch (RuntimeException failure) {
            parameters.close();
            throw failure;
        }
    }

    /**
     * Writes a classifier that was loaded from here, with its tokenizer, as a directory of its own that other libraries
     * can load. Either all of it is there afterwards, or what was there before.
     *
     * @param labels names of the classes, in the order of their scores
     */
    public void save(TokenClassifier model, List<String> labels, Path target) {
        directory.save(model, head, labels, target);
    }
}
