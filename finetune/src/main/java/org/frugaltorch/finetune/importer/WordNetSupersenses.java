package org.frugaltorch.finetune.importer;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.frugaltorch.io.DataException;

/**
 * The glosses of WordNet's nouns, each labelled with the lexicographer file it is from: 26 broad classes such as
 * {@code noun.animal}.
 */
record WordNetSupersenses(MavenArtifact artifact, String entry) implements Importer {
    private static final double EVAL_FRACTION = 0.05;
    private static final int FIRST_FILE = 3; // WordNet numbers the files of nouns from 3
    private static final List<String> FILES = List.of("noun.Tops", "noun.act", "noun.animal", "noun.artifact",
            "noun.attribute", "noun.body", "noun.cognition", "noun.communication", "noun.event", "noun.feeling",
            "noun.food", "noun.group", "noun.location", "noun.motive", "noun.object", "noun.person",
            "noun.phenomenon", "noun.plant", "noun.possession", "noun.process", "noun.quantity", "noun.relation",
            "noun.shape", "noun.state", "noun.substance", "noun.time");

    @Override
    public String importTo(Path directory, Consumer<String> progress) {
        return convert(artifact.resolve(progress), directory);
    }

    String convert(Path jar, Path directory) {
        HeldOut split = new HeldOut(EVAL_FRACTION);
        // Some glosses occur in several synsets: all go where the first one goes.
        Map<String, String> keyOfGloss = new HashMap<>();
        Synset.read(jar, entry, synset -> split.add(
                keyOfGloss.computeIfAbsent(synset.gloss(), first -> synset.offset()), synset.gloss(), label(synset)));
        return split.write(directory);
    }

    private static String label(Synset synset) {
        int index = synset.lexicographerFile() - FIRST_FILE;
        if (index < 0 || index >= FILES.size()) {
            throw new DataException(
                    "WordNet's file of nouns has the unknown file number " + synset.lexicographerFile());
        }
        return FILES.get(index);
    }
}
