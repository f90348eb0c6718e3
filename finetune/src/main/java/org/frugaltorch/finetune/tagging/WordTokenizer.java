package org.frugaltorch.finetune.tagging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.io.DataException;

/**
 * Reads sentences that are split into words already: each word is tokenised by itself, as behind a blank. Transformers
 * does the same when it is told that a text is split into words.
 */
final class WordTokenizer {
    private final Tokenizer tokenizer;
    private final MaxLength limit;
    private final int[] opening;
    private final int[] closing;
    private final Map<String, int[]> pieces = new HashMap<>();

    /** @param limit of a sentence, special tokens included */
    WordTokenizer(Tokenizer tokenizer, MaxLength limit) {
        this.tokenizer = tokenizer;
        this.limit = limit;
        this.opening = tokenizer.opening();
        this.closing = tokenizer.closing();
    }

    /**
     * Sentences, one each; of one that is too long, the end is cut off.
     *
     * @param where names a sentence, for messages
     * @throws DataException if one is too long and may not be cut
     */
    List<WordPieces> cut(List<List<String>> sentences, IntFunction<String> where) {
        learn(sentences, where);
        List<WordPieces> result = new ArrayList<>();
        for (int i = 0; i < sentences.size(); i++) {
            List<String> words = sentences.get(i);
            int length = words.stream().mapToInt(this::length).sum() + opening.length + closing.length;
            if (length > limit.tokens() && !limit.truncate()) {
                throw limit.exceeded(where.apply(i) + ": the sentence", length);
            }
            result.add(read(i, words, 0, words.size()));
        }
        return result;
    }

    /**
     * Sentences, each in as many parts as it takes to read all of its words; none for one without words.
     *
     * @param where names a sentence, for messages
     */
    List<WordPieces> parts(List<List<String>> sentences, IntFunction<String> where) {
        learn(sentences, where);
        List<WordPieces> result = new ArrayList<>();
        for (int i = 0; i < sentences.size(); i++) {
            List<String> words = sentences.get(i);
            for (int from = 0; from < words.size();) {
                int to = end(words, from);
                result.add(read(i, words, from, to));
                from = to;
            }
        }
        return result;
    }

    /** Behind the last word that still fits; there is always one, as the pieces of a very long one can be cut. */
    private int end(List<String> words, int from) {
        int to = from + 1;
        int used = length(words.get(from));
        while (to < words.size() && used + length(words.get(to)) <= room()) {
            used += length(words.get(to));
            to++;
        }
        return to;
    }

    private int room() {
        return limit.tokens() - opening.length - closing.length;
    }

    private int length(String word) {
        return pieces.get(word).length;
    }

    /** Tokenises the words that were not met before. */
    private void learn(List<List<String>> sentences, IntFunction<String> where) {
        List<String> fresh = sentences.stream().flatMap(List::stream)
                .distinct().filter(word -> !pieces.containsKey(word)).toList();
        List<int[]> found = tokenizer.encodePlain(fresh.stream().map(word -> " " + word).toList());
        for (int i = 0; i < fresh.size(); i++) {
            String word = fresh.get(i);
            pieces.put(word, found.get(i).length > 0 ? found.get(i) : unknown(word, () -> where.apply(
                    IntStream.range(0, sentences.size()).filter(s -> sentences.get(s).contains(word)).findFirst().orElseThrow())));
        }
    }

    /** Of some words, such as invisible characters, tokenizers leave nothing; but they have labels, too. */
    private int[] unknown(String word, Supplier<String> where) {
        int id = tokenizer.unknownId().orElseThrow(() -> new DataException(where.get() + ": the tokenizer leaves"
                + " nothing of the word '" + word + "' and has no token for what it does not know; remove the word"));
        return new int[] {id};
    }

    private WordPieces read(int sentence, List<String> words, int from, int to) {
        int[] flat = IntStream.range(from, to).boxed()
                .flatMapToInt(word -> Arrays.stream(pieces.get(words.get(word)))).limit(room()).toArray();
        int[] ids = new int[opening.length + flat.length + closing.length];
        System.arraycopy(opening, 0, ids, 0, opening.length);
        System.arraycopy(flat, 0, ids, opening.length, flat.length);
        System.arraycopy(closing, 0, ids, opening.length + flat.length, closing.length);
        int[] owners = new int[ids.length];
        Arrays.fill(owners, WordPieces.NONE);
        int at = opening.length;
        for (int word = from; word < to && at < opening.length + flat.length; word++) {
            owners[at] = word;
            at += length(words.get(word));
        }
        return new WordPieces(sentence, new Encoding(ids, new int[ids.length]), owners);
    }
}
