package org.frugaltorch.finetune.tagging;

import java.nio.file.Path;
import java.util.Locale;
import org.frugaltorch.io.DataException;

/**
 * Which columns of a file are read, counted from 1. What is not said is the first column for words and the last one for
 * labels; in CoNLL-U, by the file's name {@code .conllu}, those called FORM and UPOS.
 *
 * @param token column of the words; 0 for the usual one
 * @param label column of the labels; 0 for the usual one, {@link #LAST} for the last
 */
public record ConllColumns(int token, int label) {
    /** The usual ones. */
    public static final ConllColumns USUAL = new ConllColumns(0, 0);
    /** Stands for the last column. */
    public static final int LAST = -1;

    private static final String LAST_NAME = "last";
    private static final int FORM = 2;
    private static final int UPOS = 4;

    public ConllColumns {
        if (token < 0 || label < LAST) {
            throw new IllegalArgumentException("Columns are counted from 1, not " + token + " and " + label);
        }
    }

    /**
     * Reads columns as options name them.
     *
     * @param token a number from 1, or null for the usual column
     * @param label a number from 1, {@code last}, or null for the usual column
     */
    public static ConllColumns parse(String token, String label) {
        return new ConllColumns(number("--token-column", token), number("--label-column", label));
    }

    private static int number(String option, String text) {
        if (text == null) {
            return 0;
        }
        if (text.equals(LAST_NAME) && option.equals("--label-column")) {
            return LAST;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException noNumber) {
            // Said below.
        }
        throw new IllegalArgumentException(option + " takes the number of a column, counted from 1"
                + (option.equals("--label-column") ? ", or 'last'" : "") + ", not '" + text + "'");
    }

    /** Index of the words' column, from 0, in a file of so many columns. */
    int tokenIn(Path file, int columns) {
        int usual = isConllU(file) ? FORM : 1;
        return requireThere(file, columns, token == 0 ? usual : token, "--token-column") - 1;
    }

    /** Index of the labels' column, from 0, in a file of so many columns. */
    int labelIn(Path file, int columns) {
        int usual = isConllU(file) ? UPOS : columns;
        int wanted = requireThere(
                file, columns, label == 0 ? usual : label == LAST ? columns : label, "--label-column") - 1;
        if (wanted == tokenIn(file, columns)) {
            throw new DataException(file + (columns == 1
                    ? " has a single column, so it has words but no labels"
                    : ": column " + (wanted + 1) + " cannot hold both words and labels; name another column with"
                            + " --token-column or --label-column"));
        }
        return wanted;
    }

    private static int requireThere(Path file, int columns, int wanted, String option) {
        if (wanted > columns) {
            throw new DataException(file + " has " + columns + (columns == 1 ? " column" : " columns")
                    + ", so it has no column " + wanted + "; name another with " + option);
        }
        return wanted;
    }

    private static boolean isConllU(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".conllu");
    }
}
