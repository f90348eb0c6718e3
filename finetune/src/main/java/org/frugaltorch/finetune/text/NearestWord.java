package org.frugaltorch.finetune.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** What somebody who mistyped a word probably meant. */
public final class NearestWord {

    private NearestWord() {}

    /** The known word with the fewest edits, if no more than a third of the letters (but always two) are wrong. */
    public static Optional<String> to(String word, Collection<String> known) {
        int mostEdits = Math.max(2, word.length() / 3);
        return known.stream()
                .filter(candidate -> edits(word, candidate) <= mostEdits)
                .min(Comparator.comparingInt((String candidate) -> edits(word, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Levenshtein's distance, row by row. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
