package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * A model directory as one for classifiers of a kind: those of sequences, or those of tokens.
 *
 * @param <M> the kind
 */
public sealed interface ClassifierDirectory<M extends Classifier>
        permits SequenceClassifierDirectory, TokenClassifierDirectory {
    /** A pretrained model, or such a classifier already. */
    ModelDirectory directory();

    /** The head of the family's classifiers of that kind. */
    ClassifierHead head();

    /** Names of the classes that the model gives scores to, in their order; none if it is no such classifier yet. */
    List<String> labels();

    /**
     * The same of a classifier that was saved here.
     *
     * @throws DataException when there is none
     */
    List<String> savedLabels();

    /**
     * Makes sure that the model brings a head for these classes.
     *
     * @throws DataException when it does not
     */
    void requireHead(List<String> classes);

    /** How states become one vector in a classifier that was saved here; null in classifiers of tokens. */
    Pooling pooling();

    /**
     * Loads the model with a head for classes: the one that is there, if it is for these, or a new one drawn from the
     * engine's generator.
     *
     * @param trainable of which names the weights require gradients
     * @param treatment of each linear layer of the stack before the next one is loaded
     * @throws DataException when weights are missing or contradict the configuration
     */
    M load(ClassifierSettings settings, Predicate<String> trainable, LinearTreatment treatment);

    /**
     * Loads the classifier that was saved here, frozen.
     *
     * @throws DataException when there is none
     */
    M loadTrained(DType dtype, Device device);

    /**
     * The configuration of a classifier made from this model.
     *
     * @param labels names of the classes, in the order of their scores
     * @param pooling how states become one vector; not looked at in classifiers of tokens
     */
    ObjectNode config(List<String> labels, Pooling pooling);

    /**
     * Writes a classifier that was loaded from here, with its tokenizer, as a directory of its own that other libraries
     * can load. Either all of it is there afterwards, or what was there before.
     *
     * @param labels names of the classes, in the order of their scores
     */
    void save(M model, List<String> labels, Path target);
}
