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
        boolean tieWordEmbeddings) {

    public TransformerConfig {
        List<String> problems = new ArrayList<>();
        requirePositive(problems, "vocab_size", vocabSize);
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
        if (!(hiddenDropout >= 0 && hiddenDropout < 1 && attentionDropout >= 0 && attentionDropout < 1)) {
            problems.add("dropout probabilities must be in [0, 1), not " + hiddenDropout + " and " + attentionDropout);
        }
        if (!(normEpsilon > 0)) {
            problems.add("the norm's epsilon must be above 0, not " + normEpsilon);
        }
        if (!problems.isEmpty()) {
            throw new DataException("The model's config.json is not usable: " + String.join("; ", problems));
        }
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
                normEpsilon, probability, probability, initializerRange, padTokenId, rotary,
                tieWordEmbeddings);
    }
}
