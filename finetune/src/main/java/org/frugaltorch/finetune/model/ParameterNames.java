package org.frugaltorch.finetune.model;

import java.util.Map;

/**
 * What a family calls the parts of its models in checkpoints.
 *
 * @param prefix before every name of the stack in a checkpoint of a model with a head, such as {@code bert.}
 * @param names without {@code .weight} or {@code .bias}; {@code {}} stands for a block's number
 */
public record ParameterNames(String prefix, Map<Part, String> names) {

    /** Parts of a stack that have weights. */
    public enum Part {
        WORD_EMBEDDINGS,
        POSITION_EMBEDDINGS,
        TOKEN_TYPE_EMBEDDINGS,
        CLASS_TOKEN,
        PATCH_PROJECTION,
        INPUT_PROJECTION,
        EMBEDDING_NORM,
        QUERY,
        KEY,
        VALUE,
        QUERY_NORM,
        KEY_NORM,
        ATTENTION_OUTPUT,
        ATTENTION_NORM,
        CROSS_QUERY,
        CROSS_KEY,
        CROSS_VALUE,
        CROSS_OUTPUT,
        CROSS_NORM,
        FEED_FORWARD_GATE,
        FEED_FORWARD_UP,
        FEED_FORWARD_DOWN,
        FEED_FORWARD_NORM,
        /** Behind blocks that begin with a norm. */
        FINAL_NORM,
        OUTPUT_PROJECTION
    }

    /** Whether the family has this part. */
    public boolean has(Part part) {
        return names.containsKey(part);
    }

    /** The name of a part outside the blocks, prefix included. */
    public String of(Part part) {
        return prefix + names.get(part);
    }

    /** The name of a part of block {@code layer}, prefix included. */
    public String of(Part part, int layer) {
        return of(part).replace("{}", Integer.toString(layer));
    }
}
