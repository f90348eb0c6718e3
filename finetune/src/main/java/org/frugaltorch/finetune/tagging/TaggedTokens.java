package org.frugaltorch.finetune.tagging;

import java.util.Arrays;
import java.util.List;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.model.TokenScores;

/**
 * Sentences to learn from.
 *
 * @param encodings one a sentence
 * @param labels of every sentence's tokens: a class number at the first piece of every word, otherwise
 *     {@link TokenScores#NO_LABEL}
 * @param lostWords how many words were cut off
 * @param cutSentences of how many sentences
 */
public record TaggedTokens(List<Encoding> encodings, int[][] labels, int lostWords, int cutSentences) {

    static TaggedTokens of(ConllFile file, List<WordPieces> sentences, LabelSet classes) {
        int[][] labels = new int[sentences.size()][];
        int lost = 0;
        int cut = 0;
        for (int i = 0; i < labels.length; i++) {
            WordPieces pieces = sentences.get(i);
            labels[i] = labels(file, pieces, classes);
            int missing = file.sentences().get(pieces.sentence()).words().size() - pieces.wordCount();
            lost += missing;
            cut += missing > 0 ? 1 : 0;
        }
        return new TaggedTokens(sentences.stream().map(WordPieces::encoding).toList(), labels, lost, cut);
    }

    private static int[] labels(ConllFile file, WordPieces pieces, LabelSet classes) {
        return Arrays.stream(pieces.words()).map(word -> word == WordPieces.NONE
                ? TokenScores.NO_LABEL
                : classes.id(file.sentences().get(pieces.sentence()).labels().get(word),
                        () -> file.where(pieces.sentence(), word))).toArray();
    }

    /** How many tokens there are. */
    public long tokens() {
        return encodings.stream().mapToLong(Encoding::length).sum();
    }

    /** The labels of some sentences, in their order. */
    int[][] labels(int... sentences) {
        return Arrays.stream(sentences).mapToObj(sentence -> labels[sentence]).toArray(int[][]::new);
    }
}
