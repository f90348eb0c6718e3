package org.frugaltorch.finetune.model;

import org.frugaltorch.io.DataException;
import org.frugaltorch.nn.Norm;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;

/**
 * Tokens to vectors: word, and where a family has them position and token type, then norm and dropout.
 *
 * @param word [V, H]
 * @param position [positions, H], or null
 * @param tokenType [types, H], or null
 * @param norm over the sum, or null
 * @param dropout probability at the end
 */
public record Embeddings(Tensor word, Tensor position, Tensor tokenType, Norm norm, double dropout) {

    /** [B, P] tokens to [B, P, H]. */
    public Tensor forward(TokenGroup tokens, ForwardMode mode) {
        check(tokens);
        Tensor sum = Functional.embedding(word, tokens.inputIdTensor());
        if (tokenType != null) {
            sum = sum.add(Functional.embedding(tokenType, tokens.tokenTypeTensor()));
        }
        if (position != null) {
            sum = sum.add(Functional.embedding(position, tokens.positionTensor()));
        }
        return mode.dropout(norm == null ? sum : norm.forward(sum), dropout);
    }

    /** The kernels read outside their tables when an index is too large: refuse such input here. */
    private void check(TokenGroup tokens) {
        check("token", tokens.inputIds(), word, "the vocabulary; tokenizer and model do not belong together");
        if (position != null) {
            check("position", tokens.positions(), position,
                    "the positions that the model has; truncate the text or use a model for longer ones");
        }
        if (tokenType != null) {
            check("token type", tokens.tokenTypeIds(), tokenType, "the token types that the model has");
        }
    }

    private static void check(String what, long[] indices, Tensor table, String meaning) {
        long rows = table.size(0);
        for (long index : indices) {
            if (index < 0 || index >= rows) {
                throw new DataException("The " + what + " " + index + " is outside 0 to " + (rows - 1) + ", " + meaning);
            }
        }
    }
}
