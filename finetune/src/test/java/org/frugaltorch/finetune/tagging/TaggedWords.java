package org.frugaltorch.finetune.tagging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Made-up sentences of {@link org.frugaltorch.finetune.TinyBert}'s words, whose labels can be learnt: a word tells by
 * itself what it is. Some words are of several pieces, of which the first tells.
 */
public final class TaggedWords {
    private static final String[] TYPES = {"PER", "LOC"};
    private static final String[] CLASSES = {"NOUN", "VERB", "DET"};

    private TaggedWords() {}

    /** Writes sentences of 2 to 14 words, three columns: word, part of speech, entity in IOB2. */
    public static Path write(Path file, int sentences, long seed) {
        return write(file, sentences, 14, seed);
    }

    /** The same with longer sentences. */
    public static Path write(Path file, int sentences, int longest, long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder("-DOCSTART- -X- O\n\n");
        for (int i = 0; i < sentences; i++) {
            int words = 2 + random.nextInt(longest - 1);
            for (int word = 0; word < words; ) {
                int kind = random.nextInt(3);
                if (kind == 2) {
                    word += add(text, random, random.nextInt(30), 2, "O");
                    continue;
                }
                word += add(text, random, random.nextInt(15), kind, "B-" + TYPES[kind]);
                while (word < words && random.nextBoolean()) {
                    word += add(text, random, 15 + random.nextInt(15), kind, "I-" + TYPES[kind]);
                }
            }
            text.append('\n');
        }
        try {
            return Files.writeString(file, text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static int add(StringBuilder text, Random random, int number, int kind, String entity) {
        text.append('w').append(3 * number + kind);
        if (random.nextInt(5) == 0) {
            text.append("-w").append(random.nextInt(90));
        }
        text.append(' ').append(CLASSES[kind]).append(' ').append(entity).append('\n');
        return 1;
    }
}
