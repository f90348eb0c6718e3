package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.DataException;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * A model directory for classifiers of whole sequences: texts, pairs of texts, pictures.
 *
 * @param directory a pretrained model, or a classifier already
 */
public record SequenceClassifierDirectory(ModelDirectory directory) implements ClassifierDirectory<SequenceClassifier> {
    /**
     * Opens a directory.
     *
     * @throws DataException when there is no usable model
     */
    public static SequenceClassifierDirectory open(Path path) {
        return new SequenceClassifierDirectory(ModelDirectory.open(path));
    }

    @Override
    public ClassifierHead head() {
        return directory.head();
    }

    @Override
    public List<String> labels() {
        return directory.labels();
    }

    @Override
    public List<String> savedLabels() {
        List<String> labels = ClassNames.saved(directory, head());
        if (labels.size() < 2) {
            throw new DataException(directory.path() + " holds no classifier: its config.json lists no classes (id2label);"
                    + " train one with frugal classify first");
        }
        return labels;
    }

    @Override
    public Pooling pooling() {
        return directory.pooling();
    }

    /** Loads the model with a head for classes, to be trained as a whole. */
    public SequenceClassifier load(ClassifierSettings settings) {
        return load(settings, name -> true, LinearTreatment.NONE);
    }

    /**
     * The same, trained in part.
     *
     * @param trainable of which names the weights require gradients
     */
    public SequenceClassifier load(ClassifierSettings settings, Predicate<String> trainable) {
        return load(settings, trainable, LinearTreatment.NONE);
    }

    /**
     * {@inheritDoc}
     *
     * <p>A head in the checkpoint is used when it is for as many classes, its rows in the order that is asked for if it
     * has the same in another.
     */
    @Override
    public SequenceClassifier load(
            ClassifierSettings settings, Predicate<String> trainable, LinearTreatment treatment) {
        try (Checkpoint checkpoint = Checkpoint.open(directory.path())) {
            CheckpointSource source = directory.source(checkpoint, settings.dtype(), settings.device(), false);
            return ModelAssembly.owning(parameters -> {
                SequenceClassifier classifier = assemble(settings, source, parameters, trainable, treatment);
                source.finish();
                ClassOrder.apply(labels(), settings.labels(), parameters, head().output());
                return classifier;
            });
        }
    }

    @Override
    public SequenceClassifier loadTrained(DType dtype, Device device) {
        return loadTrained(new ClassifierSettings(savedLabels(), pooling(), dtype, device, OptionalDouble.empty()));
    }

    /**
     * Loads the classifier that was saved here, frozen.
     *
     * @throws DataException when it has no head for as many classes, or for a number
     */
    public SequenceClassifier loadTrained(ClassifierSettings settings) {
        requireHead(settings.labels());
        return load(settings, name -> false);
    }

    /** A classifier of this shape with fresh weights, drawn from the engine's generator; the directory needs no weights. */
    public SequenceClassifier random(ClassifierSettings settings) {
        return random(settings, LinearTreatment.NONE);
    }

    /** The same, each linear layer treated before the next one is made. */
    public SequenceClassifier random(ClassifierSettings settings, LinearTreatment treatment) {
        return ModelAssembly.owning(parameters -> assemble(
                settings, new RandomSource(settings.dtype(), settings.device()), parameters, name -> true, treatment));
    }

    private SequenceClassifier assemble(
            ClassifierSettings settings, ParameterSource source, Parameters parameters, Predicate<String> trainable,
            LinearTreatment treatment) {
        ModelAssembly assembly = new ModelAssembly(
                directory.family(), directory.effective(settings), source, parameters, trainable, treatment);
        return assembly.classifier(
                new ConfigReader(directory.json()), head(), settings.pooling(), settings.labels().size(),
                settings.dropout().orElse(head().dropout()), new RandomSource(settings.dtype(), settings.device()));
    }

    @Override
    public void requireHead(List<String> classes) {
        try (Checkpoint checkpoint = Checkpoint.open(directory.path())) {
            String head = head().output() + ".weight";
            if (!checkpoint.names().contains(head) || checkpoint.entry(head).shape()[0] != classes.size()) {
                throw new DataException(directory.path() + " holds no classifier: its weights have no " + head + " for "
                        + (classes.size() == 1 ? "a number" : "the " + classes.size() + " classes") + "; train one first");
            }
        }
    }

    @Override
    public ObjectNode config(List<String> labels, Pooling pooling) {
        ObjectNode config = directory.json().deepCopy();
        config.putArray("architectures").add(head().architecture());
        ClassNames.put(labels, config);
        config.put(ModelDirectory.POOLING_FIELD, pooling.toString());
        return config;
    }

    @Override
    public void save(SequenceClassifier model, List<String> labels, Path target) {
        directory.writer().write(config(labels, model.pooling()), model.dtype(), model.parameters(), target);
    }
}
