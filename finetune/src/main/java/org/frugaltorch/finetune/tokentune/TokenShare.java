package org.frugaltorch.finetune.tokentune;

/** How many tokens of a sequence are selected. */
public sealed interface TokenShare {
    /** Number of tokens drawn from {@code candidates}; at most all. */
    int of(int candidates);

    /**
     * Number of tokens selected of a whole sequence whose first token is always among them: a ratio is one of the others,
     * as the method's reference has it for language models; a count includes the first, as it has it for BERT.
     */
    int withFirst(int length);

    /**
     * Number of tokens selected of a whole sequence whose first and last are always among them: ratio and count are of
     * the others, and a ratio is rounded down, as the method's reference has it for language models.
     */
    int withEnds(int length);

    /** A part of the candidates, in (0, 1]; rounded to whole tokens. */
    record Ratio(double value) implements TokenShare {
        public Ratio {
            if (!(value > 0 && value <= 1)) {
                throw new IllegalArgumentException("The share of selected tokens must be above 0 and at most 1, not " + value);
            }
        }

        @Override
        public int of(int candidates) {
            return (int) Math.min(candidates, Math.round(value * candidates));
        }

        @Override
        public int withFirst(int length) {
            return 1 + of(length - 1);
        }

        @Override
        public int withEnds(int length) {
            return length <= 2 ? length : 2 + (int) Math.floor(value * (length - 2));
        }

        @Override
        public String toString() {
            return Double.toString(value);
        }
    }

    /** The same number of every sequence that is long enough. */
    record Count(int value) implements TokenShare {
        public Count {
            if (value < 1) {
                throw new IllegalArgumentException("The number of selected tokens must be at least 1, not " + value);
            }
        }

        @Override
        public int of(int candidates) {
            return Math.min(value, candidates);
        }

        @Override
        public int withFirst(int length) {
            return of(length);
        }

        @Override
        public int withEnds(int length) {
            return length <= 2 ? length : 2 + of(length - 2);
        }

        @Override
        public String toString() {
            return Integer.toString(value);
        }
    }

    /** Reads {@code 0.25} as a ratio and {@code 16} as a count; a ratio is written with a point. */
    static TokenShare parse(String text) {
        try {
            return text.contains(".") ? new Ratio(Double.parseDouble(text)) : new Count(Integer.parseInt(text));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no share of tokens: give a ratio such as 0.25 or a count such as 16", notANumber);
        }
    }
}
