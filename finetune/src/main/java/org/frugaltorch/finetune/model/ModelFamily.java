package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.JsonNode;

/** What sets one family of models apart: how its configuration reads and what its weights are called. */
public interface ModelFamily {
    /** {@code model_type} in a configuration. */
    String modelType();

    /** Reads {@code config.json}. */
    TransformerConfig config(JsonNode json);

    /** Names of the weights. */
    ParameterNames names();
}
