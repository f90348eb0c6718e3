package org.frugaltorch.finetune.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns a {@link BytePairVocabulary} from texts: again and again, the two tokens that stand side by side most often
 * become one. Equally frequent pairs are taken in the order of their ids, so the same texts always give the same
 * vocabulary.
 */
public final class BytePairTrainer {
    private static final Pattern PIECES = Pattern.compile(BytePairVocabulary.PIECES, Pattern.UNICODE_CHARACTER_CLASS);
    private static final int FEWEST = 2; // a pair that occurs once is worth no token

    /** A distinct piece of text. */
    private static final class Piece {
        final long count;
        int[] tokens;

        Piece(long count, int[] tokens) {
            this.count = count;
            this.tokens = tokens;
        }
    }

    private record Pair(int left, int right) {}

    private record Candidate(Pair pair, long count) {
        static final Comparator<Candidate> BEST_FIRST = Comparator.comparingLong(Candidate::count).reversed()
                .thenComparingInt(candidate -> candidate.pair.left).thenComparingInt(candidate -> candidate.pair.right);
    }

    private final List<String> tokens = new ArrayList<>(BytePairVocabulary.SPECIAL);
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<BytePairVocabulary.Merge> merges = new ArrayList<>();
    private final Map<Pair, Long> counts = new HashMap<>();
    private final Map<Pair, Set<Piece>> places = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(Candidate.BEST_FIRST);

    private BytePairTrainer() {}

    /**
     * Learns a vocabulary.
     *
     * @param size most tokens, special ones included; fewer where nothing is left to merge
     * @throws IllegalArgumentException if not even all bytes would have a token
     */
    public static BytePairVocabulary learn(Iterable<String> texts, int size) {
        BytePairTrainer trainer = new BytePairTrainer();
        trainer.tokens.addAll(ByteLetters.alphabet());
        if (size < trainer.tokens.size()) {
            throw new IllegalArgumentException("a vocabulary over bytes needs at least " + trainer.tokens.size()
                    + " tokens, not " + size);
        }
        trainer.tokens.forEach(token -> trainer.ids.put(token, trainer.ids.size()));
        trainer.count(texts);
        trainer.merge(size);
        return new BytePairVocabulary(trainer.tokens, trainer.merges);
    }

    private void count(Iterable<String> texts) {
        Map<String, Long> counted = new LinkedHashMap<>();
        for (String text : texts) {
            Matcher matcher = PIECES.matcher(text);
            while (matcher.find()) {
                counted.merge(matcher.group(), 1L, Long::sum);
            }
        }
        counted.forEach((text, count) -> {
            Piece piece = new Piece(count, ByteLetters.of(text).chars()
                    .map(letter -> ids.get(String.valueOf((char) letter))).toArray());
            add(piece, 1, new HashSet<>());
        });
        counts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
    }

    /** Counts the pairs of a piece in, or with a sign of -1 out; {@code changed} receives them. */
    private void add(Piece piece, int sign, Set<Pair> changed) {
        for (int i = 1; i < piece.tokens.length; i++) {
            Pair pair = new Pair(piece.tokens[i - 1], piece.tokens[i]);
            counts.merge(pair, sign * piece.count, Long::sum);
            if (sign > 0) {
                places.computeIfAbsent(pair, first -> new HashSet<>()).add(piece);
            }
            changed.add(pair);
        }
    }

    private void merge(int size) {
        while (tokens.size() < size && !queue.isEmpty()) {
            Candidate best = queue.poll();
            long count = counts.getOrDefault(best.pair, 0L);
            if (count != best.count) {
                continue; // every change of a count put a candidate of its own into the queue
            }
            if (count < FEWEST) {
                return;
            }
            merge(best.pair);
        }
    }

    private void merge(Pair pair) {
        String left = tokens.get(pair.left);
        String right = tokens.get(pair.right);
        merges.add(new BytePairVocabulary.Merge(left, right));
        // The same letters may have come together from other parts before.
        int merged = ids.computeIfAbsent(left + right, token -> {
            tokens.add(token);
            return ids.size();
        });
        Set<Pair> changed = new HashSet<>();
        for (Piece piece : places.remove(pair)) {
            add(piece, -1, changed);
            piece.tokens = merged(piece.tokens, pair, merged);
            add(piece, 1, changed);
        }
        counts.remove(pair);
        changed.remove(pair);
        changed.forEach(other -> queue.add(new Candidate(other, counts.get(other))));
    }

    private static int[] merged(int[] tokens, Pair pair, int merged) {
        int[] result = new int[tokens.length];
        int length = 0;
        for (int i = 0; i < tokens.length; i++) {
            boolean meets = i + 1 < tokens.length && tokens[i] == pair.left && tokens[i + 1] == pair.right;
            result[length++] = meets ? merged : tokens[i];
            i += meets ? 1 : 0;
        }
        return Arrays.copyOf(result, length);
    }
}
