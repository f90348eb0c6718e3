package org.frugaltorch.finetune.model;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.io.DataException;
import org.frugaltorch.nn.Activation;

/**
 * Shape and kind of a transformer, whatever its family. Checks itself and reports all problems together.
 *
 * @param modelType the family, as in {@code config.json}
 * @param vocabSize rows of the word embedding table
 * @param hiddenSize H, numbers a token
 * @param numHiddenLayers L, blocks in the stack
 * @param numAttentionHeads A, query heads
 * @param numKeyValueHeads heads of keys and values; A unless queries share them
 * @param headSize d, numbers a head
 * @param intermediateSize width inside the feed-forward network
 * @param maxPositionEmbeddings longest sequence in tokens
 * @param typeVocabSize rows of the token-type table; 0 for none
 * @param layout which way a block is built
 * @param activation inside the feed-forward network
 * @param normEpsilon added to variances
 * @param hiddenDropout probability after embeddings, attention and feed-forward network
 * @param attentionDropout probability on attention weights
 * @param initializerRange standard deviation of new weights
 * @param padTokenId token that fills short rows
 * @param rotary turns queries and keys by position; null where positions are told otherwise
 * @param tieWordEmbeddings whether the head that scores words is the word embedding table
 * @param input how tokens become vectors
 * @param activationDropout probability inside the feed-forward network
 * @param encoder whose states the stack looks at, or null
 */
public record TransformerConfig(
        String modelType,
        int vocabSize,
        int hiddenSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int numKeyValueHeads,
        int headSize,
        int intermediateSize,
        int maxPositionEmbeddings,
        int typeVocabSize,
        BlockLayout layout,
        Activation activation,
        double normEpsilon,
        double hiddenDropout,
        double attentionDropout,
        double initializerRange,
        int padTokenId,
        RotaryEmbedding rotary,
        boolean tieWordEmbeddings,
        InputLayout input,
        double activationDropout,
        TransformerConfig encoder) {

    public TransformerConfig {
        List<String> problems = new ArrayList<>();
        if (input.image() == null) {
            requirePositive(problems, "vocab_size", vocabSize);
            requirePositive(problems, "word_embed_proj_dim", input.wordSize());
        }
        requirePositive(problems, "hidden_size", hiddenSize);
        requirePositive(problems, "num_hidden_layers", numHiddenLayers);
        requirePositive(problems, "num_attention_heads", numAttentionHeads);
        requirePositive(problems, "num_key_value_heads", numKeyValueHeads);
        requirePositive(problems, "head_dim", headSize);
        requirePositive(problems, "intermediate_size", intermediateSize);
        requirePositive(problems, "max_position_embeddings", maxPositionEmbeddings);
        if (numAttentionHeads > 0 && numKeyValueHeads > 0 && numAttentionHeads % numKeyValueHeads != 0) {
            problems.add("num_attention_heads " + numAttentionHeads + " is no multiple of num_key_value_heads "
                    + numKeyValueHeads);
        }
        if (!(isProbability(hiddenDropout) && isProbability(attentionDropout) && isProbability(activationDropout))) {
            problems.add("dropout probabilities must be in [0, 1), not " + hiddenDropout + ", " + attentionDropout
                    + " and " + activationDropout);
        }
        if (encoder != null && encoder.hiddenSize() != hiddenSize) {
            problems.add("encoder and decoder must be of one size, not " + encoder.hiddenSize() + " and " + hiddenSize);
        }
        if (!(normEpsilon > 0)) {
            problems.add("the norm's epsilon must be above 0, not " + normEpsilon);
        }
        if (!problems.isEmpty()) {
            throw new DataException("The model's config.json is not usable: " + String.join("; ", problems));
        }
    }

    /** A stack of words by itself, whose embeddings are as wide as its states and whose positions begin at 0. */
    public TransformerConfig(
            String modelType, int vocabSize, int hiddenSize, int numHiddenLayers, int numAttentionHeads,
            int numKeyValueHeads, int headSize, int intermediateSize, int maxPositionEmbeddings, int typeVocabSize,
            BlockLayout layout, Activation activation, double normEpsilon, double hiddenDropout,
            double attentionDropout, double initializerRange, int padTokenId, RotaryEmbedding rotary,
            boolean tieWordEmbeddings) {
        this(modelType, vocabSize, hiddenSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads, headSize,
                intermediateSize, maxPositionEmbeddings, typeVocabSize, layout, activation, normEpsilon, hiddenDropout,
                attentionDropout, initializerRange, padTokenId, rotary, tieWordEmbeddings,
                InputLayout.words(hiddenSize), 0, null);
    }

    private static boolean isProbability(double value) {
        return value >= 0 && value < 1;
    }

    private static void requirePositive(List<String> problems, String field, int value) {
        if (value < 1) {
            problems.add(field + " must be at least 1, not " + value);
        }
    }

    /** The same with other dropout probabilities. */
    public TransformerConfig withDropout(double probability) {
        return new TransformerConfig(modelType, vocabSize, hiddenSize, numHiddenLayers, numAttentionHeads,
                numKeyValueHeads, headSize, intermediateSize, maxPositionEmbeddings, typeVocabSize, layout, activation,
                normEpsilon, probability, probability, initializerRange, padTokenId, rotary, tieWordEmbeddings, input,
                activationDropout == 0 ? 0 : probability, encoder == null ? null : encoder.withDropout(probability));
    }
}
