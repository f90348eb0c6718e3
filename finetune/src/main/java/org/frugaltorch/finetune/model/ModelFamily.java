package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.JsonNode;

/** What sets one family of models apart: how its configuration reads and what its weights are called. */
public interface ModelFamily {
    /** {@code model_type} in a configuration. */
    String modelType();

    /** Reads {@code config.json}. */
    TransformerConfig config(JsonNode json);

    /** Names of the weights; those of the decoder where there is an encoder too. */
    ParameterNames names();

    /** Names of an encoder's weights, in families that have an encoder and a decoder. */
    default ParameterNames encoderNames() {
        throw new UnsupportedOperationException("The family " + modelType() + " has no encoder of its own");
    }

    /** The head of the family's classifiers. */
    ClassifierHead head(JsonNode json);
}
