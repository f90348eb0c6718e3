package org.frugaltorch.finetune.importer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.frugaltorch.finetune.data.TableFormat;

/**
 * Words in context (Pilehvar and Camacho-Collados, 2019) from the examples of use in WordNet: two sentences with the
 * same word, labelled {@code same} or {@code different} by the meaning it has in them. Each word comes as often with
 * either label, so knowing the word alone tells nothing, and the words of the second part do not occur in the first.
 *
 * @param folder of the jar that holds the data files, with a slash at the end
 */
record WordNetContexts(MavenArtifact artifact, String folder) implements Importer {
    private static final HashSplit WORDS = new HashSplit(0.1);
    private static final List<String> COLUMNS = List.of("text", "text_pair", "label");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
    private static final int MOST_PAIRS = 8; // of a word and a label: the richest words would crowd out all others

    /** A sentence in which a word has a meaning. */
    private record Use(String meaning, String sentence) {}

    /** Two sentences with a word. */
    private record Pair(String word, Use first, Use second) {
        boolean same() {
            return first.meaning.equals(second.meaning);
        }

        /** Looks random, so that what is kept of a word, and the order of rows, favours nothing. */
        long hash() {
            return HashSplit.hash(word + "\n" + first.sentence + "\n" + second.sentence);
        }

        List<String> row() {
            return List.of(word + ": " + first.sentence, second.sentence, same() ? "same" : "different");
        }
    }

    @Override
    public String importTo(Path directory, Consumer<String> progress) {
        return convert(artifact.resolve(progress), directory);
    }

    String convert(Path jar, Path directory) {
        List<Pair> train = new ArrayList<>();
        List<Pair> eval = new ArrayList<>();
        for (PartOfSpeech part : PartOfSpeech.values()) {
            uses(jar, part).forEach((word, uses) -> (WORDS.holdsOut(word) ? eval : train).addAll(pairs(word, uses)));
        }
        // A sentence may show a word that is held out beside another one.
        Set<String> heldOut = new HashSet<>();
        eval.forEach(pair -> heldOut.addAll(List.of(pair.first.sentence, pair.second.sentence)));
        train.removeIf(pair -> heldOut.contains(pair.first.sentence) || heldOut.contains(pair.second.sentence));
        write(directory, "train.tsv", train);
        write(directory, "eval.tsv", eval);
        return train.size() + " pairs of sentences in train.tsv, and " + eval.size() + " in eval.tsv with words that do not"
                + " occur among those (columns " + String.join(", ", COLUMNS) + ")";
    }

    private static void write(Path directory, String file, List<Pair> pairs) {
        TableFormat.TSV.write(directory.resolve(file), COLUMNS,
                pairs.stream().sorted(Comparator.comparingLong(Pair::hash)).map(Pair::row).toList());
    }

    /** The sentences of every word of one part of speech. */
    private Map<String, List<Use>> uses(Path jar, PartOfSpeech part) {
        Map<String, List<Use>> uses = new TreeMap<>();
        Synset.read(jar, folder + part.file(), synset -> {
            List<String> sentences = sentences(synset);
            for (String word : synset.words()) {
                String lower = word.toLowerCase(Locale.ROOT);
                for (String sentence : sentences) {
                    if (occurs(lower, part, sentence)) {
                        uses.computeIfAbsent(lower, first -> new ArrayList<>()).add(new Use(synset.offset(), sentence));
                    }
                }
            }
        });
        return uses;
    }

    private static List<String> sentences(Synset synset) {
        Matcher quoted = QUOTED.matcher(synset.gloss().substring(synset.definition().length()));
        return quoted.results().map(match -> match.group(1).strip()).filter(text -> !text.isEmpty()).distinct().toList();
    }

    /** Whether a sentence has a word, perhaps with one of English's endings. */
    static boolean occurs(String word, PartOfSpeech part, String sentence) {
        String stem = word.length() > 3 ? word.replaceFirst("[ey]$", "") : word;
        String last = Pattern.quote(stem.substring(stem.length() - 1));
        String more = switch (part) {
            case NOUN -> "s|es|ies";
            case VERB -> "s|es|ies|ed|ied|ing|" + last + "ed|" + last + "ing";
            case ADJECTIVE, ADVERB -> "er|est|ier|iest|" + last + "er|" + last + "est";
        };
        String itself = word.substring(stem.length());
        String endings = itself.isEmpty() ? "(?:" + more + ")?" : "(?:" + itself + "|" + itself + "s|" + more + ")";
        return Pattern.compile("(?<!\\w)" + Pattern.quote(stem) + endings + "(?!\\w)", Pattern.CASE_INSENSITIVE)
                .matcher(sentence).find();
    }

    /** As many pairs of sentences with one meaning of a word as with two. */
    private static List<Pair> pairs(String word, List<Use> uses) {
        List<Pair> same = new ArrayList<>();
        List<Pair> different = new ArrayList<>();
        for (int i = 0; i < uses.size(); i++) {
            for (int j = i + 1; j < uses.size(); j++) {
                if (!uses.get(i).sentence.equals(uses.get(j).sentence)) {
                    Pair pair = new Pair(word, uses.get(i), uses.get(j));
                    (pair.same() ? same : different).add(pair);
                }
            }
        }
        int count = Math.min(MOST_PAIRS, Math.min(same.size(), different.size()));
        List<Pair> kept = new ArrayList<>();
        for (List<Pair> label : List.of(same, different)) {
            label.sort(Comparator.comparingLong(Pair::hash));
            kept.addAll(label.subList(0, count));
        }
        return kept;
    }
}
