package org.frugaltorch.finetune.model;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a family calls the parts of its models in checkpoints.
 *
 * @param prefix before every name of the stack in a checkpoint of a model with a head, such as {@code bert.}
 * @param names without {@code .weight} or {@code .bias}; {@code {}} stands for a block's number
 */
public record ParameterNames(String prefix, Map<Part, String> names) {

    private static final Set<Part> LINEAR = EnumSet.of(Part.QUERY, Part.KEY, Part.VALUE, Part.ATTENTION_OUTPUT,
            Part.CROSS_QUERY, Part.CROSS_KEY, Part.CROSS_VALUE, Part.CROSS_OUTPUT, Part.FEED_FORWARD_GATE,
            Part.FEED_FORWARD_UP, Part.FEED_FORWARD_DOWN, Part.INPUT_PROJECTION, Part.OUTPUT_PROJECTION, Part.POOLER);

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
        OUTPUT_PROJECTION,
        /** Of encoders that have one; a classifier's head begins with it. */
        POOLER
    }

    /** Whether the family has this part. */
    public boolean has(Part part) {
        return names.containsKey(part);
    }

    /** The names of all linear layers of a stack of so many blocks, prefix included, block by block. */
    public List<String> linearLayers(int blocks) {
        List<String> layers = new ArrayList<>();
        for (int block = 0; block < blocks; block++) {
            for (Part part : LINEAR) {
                if (has(part) && !layers.contains(of(part, block))) {
                    layers.add(of(part, block));
                }
            }
        }
        return layers;
    }

    /** The name in a model with a head of a weight that is stored under {@code name}, with or without the prefix. */
    public String full(String name) {
        String first = first(name);
        return names.values().stream().anyMatch(part -> first(part).equals(first)) ? prefix + name : name;
    }

    private static String first(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
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
