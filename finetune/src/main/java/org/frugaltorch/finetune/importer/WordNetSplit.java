package org.frugaltorch.finetune.importer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * WordNet in two parts, such that nothing of the second can be known by heart from the first: some words are held out
 * with all their meanings. Whatever is made from one part is apart from whatever is made from the other.
 *
 * @param train meanings that have no word that is held out, nor share a definition with one that is
 * @param eval meanings whose most usual word is held out
 */
record WordNetSplit(List<Synset> train, List<Synset> eval) {
    private static final HashSplit WORDS = new HashSplit(0.02);

    /** Reads all four files of a jar. */
    static WordNetSplit read(Path jar, String folder) {
        List<Synset> all = new ArrayList<>();
        for (PartOfSpeech part : PartOfSpeech.values()) {
            Synset.read(jar, folder + part.file(), all::add);
        }
        return of(all);
    }

    static WordNetSplit of(List<Synset> all) {
        List<Synset> eval = all.stream().filter(synset -> isHeldOut(synset.word())).toList();
        Set<String> definitions = new HashSet<>();
        eval.forEach(synset -> definitions.add(synset.definition()));
        List<Synset> train = all.stream()
                .filter(synset -> synset.words().stream().noneMatch(WordNetSplit::isHeldOut)
                        && !definitions.contains(synset.definition()))
                .toList();
        return new WordNetSplit(train, eval);
    }

    private static boolean isHeldOut(String word) {
        return WORDS.holdsOut(word.toLowerCase(Locale.ROOT));
    }
}
