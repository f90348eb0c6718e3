package org.frugaltorch.finetune.metrics;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Scores of the {@linkplain Entity entities} that tags mark, equal to those of {@code conlleval} and of seqeval in its
 * default mode: an entity is right if one of the same type, first and last word is expected.
 *
 * @param accuracy share of words whose tag is the expected one, entity or not
 * @param all over all types
 * @param byType type by type, in alphabetical order
 */
public record EntityScores(double accuracy, Counts all, SortedMap<String, Counts> byType) {

    /**
     * How many entities there are. What cannot be told, as there are none, is 0.
     *
     * @param expected entities that should be found
     * @param predicted entities that were found
     * @param correct those of them that are right
     */
    public record Counts(long expected, long predicted, long correct) {
        /** Share of those found that are right. */
        public double precision() {
            return predicted == 0 ? 0 : (double) correct / predicted;
        }

        /** Share of those expected that were found. */
        public double recall() {
            return expected == 0 ? 0 : (double) correct / expected;
        }

        /** Harmonic mean of precision and recall. */
        public double f1() {
            return expected + predicted == 0 ? 0 : 2.0 * correct / (expected + predicted);
        }

        private Counts plus(Counts other) {
            return new Counts(expected + other.expected, predicted + other.predicted, correct + other.correct);
        }
    }

    /**
     * Scores predicted tags.
     *
     * @param expected tags of each sentence
     * @param predicted tags of the same words
     * @throws IllegalArgumentException if there is no word, or sentences differ in length
     */
    public static EntityScores of(List<List<String>> expected, List<List<String>> predicted) {
        if (expected.size() != predicted.size()) {
            throw new IllegalArgumentException(
                    expected.size() + " sentences are expected, but " + predicted.size() + " predicted");
        }
        SortedMap<String, Counts> byType = new TreeMap<>();
        long words = 0;
        long right = 0;
        for (int i = 0; i < expected.size(); i++) {
            right += equalTags(expected.get(i), predicted.get(i));
            words += expected.get(i).size();
            count(expected.get(i), predicted.get(i), byType);
        }
        if (words == 0) {
            throw new IllegalArgumentException("There are no words to score");
        }
        Counts all = byType.values().stream().reduce(new Counts(0, 0, 0), Counts::plus);
        return new EntityScores((double) right / words, all, byType);
    }

    private static long equalTags(List<String> expected, List<String> predicted) {
        if (expected.size() != predicted.size()) {
            throw new IllegalArgumentException(
                    "A sentence of " + expected.size() + " words has " + predicted.size() + " predicted tags");
        }
        long right = 0;
        for (int word = 0; word < expected.size(); word++) {
            right += expected.get(word).equals(predicted.get(word)) ? 1 : 0;
        }
        return right;
    }

    private static void count(List<String> expected, List<String> predicted, Map<String, Counts> byType) {
        Set<Entity> wanted = new HashSet<>(Entity.of(expected));
        wanted.forEach(entity -> byType.merge(entity.type(), new Counts(1, 0, 0), Counts::plus));
        for (Entity entity : Entity.of(predicted)) {
            byType.merge(entity.type(), new Counts(0, 1, wanted.contains(entity) ? 1 : 0), Counts::plus);
        }
    }

    /**
     * The value of one metric.
     *
     * @throws IllegalArgumentException if the metric is none of entities
     */
    public double value(Metric metric) {
        return switch (metric) {
            case ACCURACY -> accuracy;
            case ENTITY_PRECISION -> all.precision();
            case ENTITY_RECALL -> all.recall();
            case ENTITY_F1 -> all.f1();
            default -> throw new IllegalArgumentException(
                    "The metric '" + metric.id() + "' is not a score of entities.");
        };
    }
}
