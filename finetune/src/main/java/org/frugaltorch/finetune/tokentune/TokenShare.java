package org.frugaltorch.finetune.tokentune;

/** How many tokens of a sequence are selected. */
public sealed interface TokenShare {
    /** Number of tokens selected of a sequence of {@code length}; at least 1, at most all. */
    int of(int length);

    /** A part of every sequence, in (0, 1]; rounded to whole tokens. */
    record Ratio(double value) implements TokenShare {
        public Ratio {
            if (!(value > 0 && value <= 1)) {
                throw new IllegalArgumentException("The share of selected tokens must be above 0 and at most 1, not " + value);
            }
        }

        @Override
        public int of(int length) {
            return (int) Math.max(1, Math.min(length, Math.round(value * length)));
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
        public int of(int length) {
            return Math.min(value, length);
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
