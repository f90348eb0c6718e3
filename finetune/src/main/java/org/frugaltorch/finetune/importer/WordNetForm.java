package org.frugaltorch.finetune.importer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.frugaltorch.finetune.data.JsonRows;
import org.frugaltorch.io.AtomicFiles;

/** What can be made of WordNet's meanings. */
enum WordNetForm {
    /** Instructions: {@code Define dog (noun).} with the definition as the answer. */
    DEFINITIONS {
        @Override
        int write(List<Synset> synsets, Path directory, String name) {
            Set<Map<String, Object>> rows = new LinkedHashSet<>();
            for (Synset synset : synsets) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("instruction", "Define " + heading(synset.word(), synset) + ".");
                row.put("input", "");
                row.put("output", synset.definition());
                rows.add(row);
            }
            JsonRows.write(directory.resolve(name + ".jsonl"), rows);
            return rows.size();
        }
    },
    /** Plain text, a meaning a line: its words, its definition, examples of use. */
    GLOSSES {
        @Override
        int write(List<Synset> synsets, Path directory, String name) {
            StringBuilder lines = new StringBuilder();
            for (Synset synset : synsets) {
                lines.append(heading(String.join(", ", synset.words()), synset)).append(": ")
                        .append(synset.gloss()).append('\n');
            }
            AtomicFiles.writeBytes(directory.resolve(name + ".txt"), lines.toString().getBytes(StandardCharsets.UTF_8));
            return synsets.size();
        }
    },
    /** Questions: which of four definitions is that of a word. The wrong ones are of other words of its class. */
    CHOICES {
        @Override
        int write(List<Synset> synsets, Path directory, String name) {
            Map<Long, Map<String, Object>> rows = new TreeMap<>(); // mixed, so that the first ones are a fair sample
            for (PartOfSpeech part : PartOfSpeech.values()) {
                List<Synset> alike = synsets.stream().filter(synset -> synset.partOfSpeech() == part).toList();
                for (Synset synset : alike) {
                    List<String> choices = withWrongOnes(synset, alike);
                    if (choices.size() == CHOICE_COUNT) {
                        rows.put(hash("order", synset), question(synset, choices));
                    }
                }
            }
            JsonRows.write(directory.resolve(name + ".jsonl"), rows.values());
            return rows.size();
        }
    };

    private static final int CHOICE_COUNT = 4;
    private static final int MOST_DRAWS = 100;
    private static final RandomGeneratorFactory<RandomGenerator> GENERATOR =
            RandomGeneratorFactory.of("L64X128MixRandom");

    /**
     * Writes one part of the data.
     *
     * @param name of the file, without its kind
     * @return number of rows
     */
    abstract int write(List<Synset> synsets, Path directory, String name);

    private static String heading(String words, Synset synset) {
        return words + " (" + synset.partOfSpeech() + ")";
    }

    /** The definition of a meaning, then others; fewer than wanted where there are not as many. */
    private static List<String> withWrongOnes(Synset synset, List<Synset> alike) {
        RandomGenerator random = GENERATOR.create(hash("draw", synset));
        Set<String> choices = new LinkedHashSet<>(List.of(synset.definition()));
        for (int draw = 0; draw < MOST_DRAWS && choices.size() < CHOICE_COUNT; draw++) {
            Synset other = alike.get(random.nextInt(alike.size()));
            if (!other.word().equalsIgnoreCase(synset.word())) {
                choices.add(other.definition());
            }
        }
        return new ArrayList<>(choices);
    }

    private static long hash(String purpose, Synset synset) {
        return HashSplit.hash(purpose + " " + synset.partOfSpeech() + " " + synset.offset());
    }

    private static Map<String, Object> question(Synset synset, List<String> choices) {
        int answer = (int) Long.remainderUnsigned(hash("answer", synset), CHOICE_COUNT);
        choices.add(answer, choices.removeFirst());
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("context", heading(synset.word(), synset) + ":");
        row.put("choices", choices);
        row.put("answer", answer);
        return row;
    }
}
