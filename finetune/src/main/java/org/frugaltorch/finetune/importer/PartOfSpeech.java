package org.frugaltorch.finetune.importer;

import java.util.Arrays;
import java.util.Locale;
import org.frugaltorch.io.DataException;

/** The word classes that WordNet has a file of each. */
enum PartOfSpeech {
    NOUN("data.noun", "n"),
    VERB("data.verb", "v"),
    /** Satellites, which gather around another adjective, included. */
    ADJECTIVE("data.adj", "as"),
    ADVERB("data.adv", "r");

    private final String file;
    private final String letters;

    PartOfSpeech(String file, String letters) {
        this.file = file;
        this.letters = letters;
    }

    static PartOfSpeech of(String letter) {
        return Arrays.stream(values()).filter(part -> letter.length() == 1 && part.letters.contains(letter)).findFirst()
                .orElseThrow(() -> new DataException("WordNet has the unknown part of speech '" + letter + "'"));
    }

    /** Name of the file. */
    String file() {
        return file;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
