package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * A model directory for classifiers of whole sequences.
 *
 * @param directory a pretrained model, or a classifier already
 */
public record SequenceClassifierDirectory(ModelDirectory directory) implements ClassifierDirectory<SequenceClassifier> {
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
        return directory.savedLabels();
    }

    @Override
    public void requireHead(List<String> classes) {
        directory.requireHead(classes.size());
    }

    @Override
    public Pooling pooling() {
        return directory.pooling();
    }

    @Override
    public SequenceClassifier load(
            ClassifierSettings settings, Predicate<String> trainable, LinearTreatment treatment) {
        return directory.classifier(settings, trainable, treatment);
    }

    @Override
    public SequenceClassifier loadTrained(DType dtype, Device device) {
        return directory.savedClassifier(new ClassifierSettings(
                savedLabels(), pooling(), dtype, device, OptionalDouble.empty()));
    }

    @Override
    public ObjectNode config(List<String> labels, Pooling pooling) {
        return directory.classifierConfig(labels, pooling);
    }

    @Override
    public void save(SequenceClassifier model, List<String> labels, Path target) {
        directory.save(model, labels, target);
    }
}
