package org.frugaltorch.finetune.tagging;

import java.util.Arrays;
import org.frugaltorch.finetune.data.Encoding;

/**
 * A sentence, or a part of one, as a model reads it.
 *
 * @param sentence its number in the file
 * @param encoding its tokens, special ones included
 * @param words for every token the number of the word in the sentence whose first piece it is; {@link #NONE} for
 *     further pieces and special tokens [T]
 */
public record WordPieces(int sentence, Encoding encoding, int[] words) {
    /** Stands for the word of a token that begins none. */
    public static final int NONE = -1;

    /** How many words there are. */
    public int wordCount() {
        return (int) Arrays.stream(words).filter(word -> word != NONE).count();
    }
}
