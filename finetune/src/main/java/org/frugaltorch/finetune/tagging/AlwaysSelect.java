package org.frugaltorch.finetune.tagging;

import java.util.Arrays;
import java.util.Locale;
import org.frugaltorch.finetune.model.TokenScores;

/** Which tokens TokenTune selects whatever chance says. */
public enum AlwaysSelect {
    /** None: chance alone decides. */
    NONE {
        @Override
        boolean covers(int label, int outside) {
            return false;
        }
    },
    /** Those that have a label, the first pieces of words. */
    LABELLED {
        @Override
        boolean covers(int label, int outside) {
            return label != TokenScores.NO_LABEL;
        }
    },
    /** Those whose label is of an entity. */
    ENTITIES {
        @Override
        boolean covers(int label, int outside) {
            return label != TokenScores.NO_LABEL && label != outside;
        }
    };

    /**
     * Whether a token of that label is selected.
     *
     * @param outside class number of {@code O}
     */
    abstract boolean covers(int label, int outside);

    /** Reads {@code none}, {@code labelled} or {@code entities}. */
    public static AlwaysSelect named(String name) {
        return Arrays.stream(values()).filter(rule -> rule.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Unknown --always-select '" + name
                        + "': give labelled (first pieces of words), entities (words whose label is not O) or none"));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
