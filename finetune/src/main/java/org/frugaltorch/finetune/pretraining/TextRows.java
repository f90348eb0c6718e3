package org.frugaltorch.finetune.pretraining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.instruction.LanguageTokens;
import org.frugaltorch.io.DataException;

/**
 * How texts become rows of tokens. Every text begins with the tokenizer's opening token and ends with its end token,
 * where there are such.
 *
 * @param length most tokens a row
 * @param packed whether rows are filled up with the texts that follow; otherwise every text has a row of its own.
 *     Either way, what does not fit into a row goes on in the next one
 */
public record TextRows(int length, boolean packed) {
    private static final int SHORTEST = 2; // a row of one token predicts nothing

    public TextRows {
        if (length < SHORTEST) {
            throw new IllegalArgumentException("a row needs at least " + SHORTEST + " tokens, not " + length);
        }
    }

    /**
     * Tokenises texts.
     *
     * @throws DataException if they hold nothing to predict
     */
    public LanguageTokens of(List<String> texts, Tokenizer tokenizer) {
        int[] opening = tokenizer.opening();
        OptionalInt end = ModelShape.endOf(tokenizer);
        List<int[]> whole = tokenizer.encodePlain(texts).stream().map(ids -> enclosed(opening, ids, end)).toList();
        List<Encoding> rows = new ArrayList<>();
        if (packed) {
            cut(whole.stream().flatMapToInt(Arrays::stream).toArray(), rows);
        } else {
            whole.forEach(ids -> cut(ids, rows));
        }
        if (rows.isEmpty()) {
            throw new DataException("The texts hold no two tokens in a row, so there is nothing to predict");
        }
        return new LanguageTokens(rows, new int[rows.size()]);
    }

    private static int[] enclosed(int[] opening, int[] ids, OptionalInt end) {
        return IntStream.concat(IntStream.concat(Arrays.stream(opening), Arrays.stream(ids)), end.stream()).toArray();
    }

    private void cut(int[] ids, List<Encoding> rows) {
        for (int start = 0; start + SHORTEST <= ids.length; start += length) {
            int[] row = Arrays.copyOfRange(ids, start, Math.min(start + length, ids.length));
            if (row.length >= SHORTEST) {
                rows.add(new Encoding(row, new int[row.length]));
            }
        }
    }
}
