package org.frugaltorch.finetune.model;

/**
 * How the inputs of a stack become vectors.
 *
 * @param positionOffset row of the position table that the first token of a sequence reads; those before are padding's
 * @param wordSize numbers a word in the embedding table, and a token in the final states; the hidden size, unless
 *     linear layers stand between the two
 * @param wordScale word embeddings are multiplied by it
 * @param dropped whether the hidden dropout acts on the embeddings too
 * @param image shape of the pictures that are looked at; null for a model of words
 */
public record InputLayout(int positionOffset, int wordSize, double wordScale, boolean dropped, ImageLayout image) {

    /** Words of the stack's own size, positions from 0. */
    public static InputLayout words(int hiddenSize) {
        return new InputLayout(0, hiddenSize, 1, true, null);
    }

    /** Words of the stack's own size, the positions before {@code positionOffset} left out. */
    public static InputLayout words(int hiddenSize, int positionOffset) {
        return new InputLayout(positionOffset, hiddenSize, 1, true, null);
    }

    /** Patches of images. */
    public static InputLayout patches(int hiddenSize, ImageLayout image) {
        return new InputLayout(0, hiddenSize, 1, true, image);
    }
}
