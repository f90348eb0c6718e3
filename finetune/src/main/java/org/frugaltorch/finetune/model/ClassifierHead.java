package org.frugaltorch.finetune.model;

import java.util.List;

/**
 * How a family's published classifiers turn one vector, of a sequence or of a token, into scores.
 *
 * @param dense linear layer and tanh before the scores, or null
 * @param output name of the linear layer that gives the scores
 * @param biased whether that layer has a bias
 * @param dropout probability before a layer of the head
 * @param pooling how the states of a sequence become that vector; null in classifiers of tokens, each of which has one
 * @param architecture name of the class in other libraries
 */
public record ClassifierHead(
        Dense dense, String output, boolean biased, double dropout, Pooling pooling, String architecture) {
    /**
     * A linear layer and tanh.
     *
     * @param name of the layer
     * @param pretrained whether it belongs to the pretrained model, and is left out where that has none; otherwise it
     *     is new like the scores, and drops its input too
     */
    public record Dense(String name, boolean pretrained) {}

    /** One linear layer on the pooled state. */
    public static ClassifierHead plain(String output, boolean biased, Pooling pooling, String architecture) {
        return new ClassifierHead(null, output, biased, 0, pooling, architecture);
    }

    /** One linear layer on the state of every token. */
    public static ClassifierHead ofTokens(String output, double dropout, String architecture) {
        return new ClassifierHead(null, output, true, dropout, null, architecture);
    }

    /** Its linear layers, a pretrained one included. */
    public List<String> layers() {
        return dense == null ? List.of(output) : List.of(dense.name(), output);
    }

    /** Those of them that are new in a classifier. */
    public List<String> newLayers() {
        return dense == null || dense.pretrained() ? List.of(output) : layers();
    }

    /** Parts of a model that are new in a classifier, as adapters name what they train in full and store. */
    public List<String> newModules() {
        return List.of(output.contains(".") ? output.substring(0, output.indexOf('.')) : output);
    }
}
