package org.frugaltorch.finetune.importer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.frugaltorch.io.DataException;

/**
 * The glosses of WordNet's nouns, each labelled with the lexicographer file it is from: 26 broad classes such as
 * {@code noun.animal}. A synset is a line {@code offset file-number n ... | gloss}; lines of the licence start with spaces.
 */
record WordNetSupersenses(MavenArtifact artifact, String entry) implements Importer {
    private static final double EVAL_FRACTION = 0.05;
    private static final int FIRST_FILE = 3; // WordNet numbers the files of nouns from 3
    private static final List<String> FILES = List.of("noun.Tops", "noun.act", "noun.animal", "noun.artifact",
            "noun.attribute", "noun.body", "noun.cognition", "noun.communication", "noun.event", "noun.feeling", "noun.food",
            "noun.group", "noun.location", "noun.motive", "noun.object", "noun.person", "noun.phenomenon", "noun.plant",
            "noun.possession", "noun.process", "noun.quantity", "noun.relation", "noun.shape", "noun.state",
            "noun.substance", "noun.time");

    @Override
    public String importTo(Path directory, Consumer<String> progress) {
        progress.accept("Looking for " + artifact + " in the local Maven repository (fetched with mvn if it is not there)");
        return convert(artifact.resolve(), directory);
    }

    String convert(Path jar, Path directory) {
        HeldOut split = new HeldOut(EVAL_FRACTION);
        // Some glosses occur in several synsets: all go where the first one goes.
        Map<String, String> keyOfGloss = new HashMap<>();
        Jar.read(jar, entry, content -> readSynsets(content, (offset, label, gloss) ->
                split.add(keyOfGloss.computeIfAbsent(gloss, first -> offset), gloss, label)));
        return split.write(directory);
    }

    /** Receives a synset. */
    private interface Synsets {
        void accept(String offset, String label, String gloss);
    }

    private static Void readSynsets(InputStream content, Synsets synsets) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(content, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(" ")) {
                continue;
            }
            String[] fields = line.split(" ", 3);
            int bar = line.indexOf(" | ");
            if (fields.length < 3 || bar < 0) {
                throw new DataException("WordNet's file of nouns has a line that is no synset: " + line);
            }
            synsets.accept(fields[0], label(fields[1]), line.substring(bar + 3).strip());
        }
        return null;
    }

    private static String label(String fileNumber) {
        try {
            return FILES.get(Integer.parseInt(fileNumber) - FIRST_FILE);
        } catch (NumberFormatException | IndexOutOfBoundsException unknown) {
            throw new DataException("WordNet's file of nouns has the unknown file number " + fileNumber, unknown);
        }
    }
}
