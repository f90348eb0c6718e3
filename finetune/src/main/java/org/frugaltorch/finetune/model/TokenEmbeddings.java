package org.frugaltorch.finetune.model;

import java.util.Arrays;
import org.frugaltorch.io.DataException;
import org.frugaltorch.nn.Embedding;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.Norm;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;

/**
 * Words to vectors: word, and where a family has them position and token type, then norm and dropout.
 *
 * @param word [V, word size]
 * @param wordScale word embeddings are multiplied by it
 * @param projection from the word size to H, or null where they are one
 * @param position [offset + positions, H], or null
 * @param positionOffset row that the first token of a sequence reads
 * @param tokenType [types, H], or null
 * @param norm over the sum, or null
 * @param dropout probability at the end
 */
public record TokenEmbeddings(
        Tensor word, double wordScale, Linear projection, Tensor position, int positionOffset, Tensor tokenType,
        Norm norm, double dropout) implements Embeddings {

    @Override
    public Tensor forward(TokenGroup tokens, ForwardMode mode) {
        check(tokens);
        Tensor sum = content(tokens);
        if (projection != null) {
            sum = projection.forward(sum);
        }
        if (tokenType != null) {
            sum = sum.add(rows(tokenType, tokens, tokens.tokenTypeIds()));
        }
        if (position != null) {
            long[] places = Arrays.stream(tokens.positions()).map(place -> place + positionOffset).toArray();
            sum = sum.add(rows(position, tokens, places));
        }
        return mode.dropout(norm == null ? sum : norm.forward(sum), dropout);
    }

    @Override
    public Tensor content(TokenGroup tokens) {
        Tensor words = rows(word, tokens, tokens.inputIds());
        return wordScale == 1 ? words : words.mul(wordScale);
    }

    private static Tensor rows(Tensor table, TokenGroup tokens, long... indices) {
        return Embedding.rows(table, indices, tokens.rows(), tokens.width());
    }

    @Override
    public DType dtype() {
        return word.dtype();
    }

    @Override
    public Device device() {
        return word.device();
    }

    /** The kernels read outside their tables when an index is too large: refuse such input here. */
    private void check(TokenGroup tokens) {
        if (tokens.patches() != null) {
            throw new IllegalArgumentException(
                    "A model of words cannot look at pictures; name a vision model such as vit");
        }
        check("token", tokens.inputIds(), word.size(0), "the vocabulary; tokenizer and model do not belong together");
        if (position != null) {
            check("position", tokens.positions(), position.size(0) - positionOffset,
                    "the positions that the model has; truncate the text or use a model for longer ones");
        }
        if (tokenType != null) {
            check("token type", tokens.tokenTypeIds(), tokenType.size(0), "the token types that the model has");
        }
    }

    private static void check(String what, long[] indices, long rows, String meaning) {
        for (long index : indices) {
            if (index < 0 || index >= rows) {
                throw new DataException(
                        "The " + what + " " + index + " is outside 0 to " + (rows - 1) + ", " + meaning);
            }
        }
    }
}
