package org.frugaltorch.finetune.importer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.frugaltorch.io.DataException;

/**
 * A meaning, with the words that have it.
 *
 * @param offset tells it from others of its part of speech
 * @param lexicographerFile number of the file that its authors put it in
 * @param words the most usual first
 * @param gloss definition, then examples of use in quotes
 */
record Synset(String offset, int lexicographerFile, PartOfSpeech partOfSpeech, List<String> words, String gloss) {
    private static final String FIRST_EXAMPLE = "; \"";
    private static final int HEX = 16;

    /**
     * Reads one of WordNet's data files. A synset is a line {@code offset file-number n word-count word id ... |
     * gloss}; lines of the licence start with spaces.
     *
     * @throws DataException if there is no such file in the jar, or a line is no synset
     */
    static void read(Path jar, String entry, Consumer<Synset> synsets) {
        Jar.read(jar, entry, content -> {
            read(content, entry, synsets);
            return null;
        });
    }

    private static void read(InputStream content, String entry, Consumer<Synset> synsets) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(content, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(" ")) {
                continue;
            }
            try {
                synsets.accept(parse(line));
            } catch (NumberFormatException | IndexOutOfBoundsException malformed) {
                throw new DataException(
                        "WordNet's file " + entry + " has a line that is no synset: " + line, malformed);
            }
        }
    }

    private static Synset parse(String line) {
        int bar = line.indexOf(" | ");
        String[] fields = line.substring(0, bar).split(" ");
        List<String> words = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(fields[3], HEX); i++) {
            words.add(word(fields[4 + 2 * i]));
        }
        return new Synset(fields[0], Integer.parseInt(fields[1]), PartOfSpeech.of(fields[2]), List.copyOf(words),
                line.substring(bar + 3).strip());
    }

    /** Spaces are written as underscores; an adjective may say in brackets where in a sentence it stands. */
    private static String word(String stored) {
        return stored.replaceFirst("\\((a|p|ip)\\)$", "").replace('_', ' ');
    }

    /** The most usual word. */
    String word() {
        return words.getFirst();
    }

    /** The gloss without examples. */
    String definition() {
        int example = gloss.indexOf(FIRST_EXAMPLE);
        return (example < 0 ? gloss : gloss.substring(0, example)).replaceFirst("[;\\s]+$", "");
    }
}
