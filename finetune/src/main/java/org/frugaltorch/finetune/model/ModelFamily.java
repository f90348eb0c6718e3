package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

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

    /** The name in a model with a head of a weight that is stored under {@code name}, with or without the prefix. */
    default String fullName(String name) {
        return names().full(name);
    }

    /** The head of the family's classifiers. */
    ClassifierHead head(JsonNode json);

    /** The head of the family's classifiers of tokens; empty where there are none. */
    default Optional<ClassifierHead> tokenHead(JsonNode json) {
        return Optional.empty();
    }
}
