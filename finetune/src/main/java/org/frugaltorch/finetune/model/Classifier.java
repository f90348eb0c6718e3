package org.frugaltorch.finetune.model;

import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;

/** A model with a head that scores classes: those of a whole sequence, or of every token. */
public sealed interface Classifier extends AutoCloseable permits SequenceClassifier, TokenClassifier {
    /** What gives the states that the head reads. */
    Backbone backbone();

    /** Of the whole model, owned by it. */
    Parameters parameters();

    /** How states become one vector; null in classifiers of tokens. */
    Pooling pooling();

    /** The stack whose states the head reads. */
    default TransformerStack stack() {
        return backbone().stack();
    }

    /** Type of the weights. */
    default DType dtype() {
        return parameters().tensors().iterator().next().dtype();
    }

    @Override
    default void close() {
        parameters().close();
    }
}
