package org.frugaltorch.finetune.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.frugaltorch.finetune.train.Seeds;
import org.frugaltorch.io.DataException;

/**
 * Solved questions that stand before each question as examples.
 *
 * @param pool questions to take them from
 * @param count how many; 0 for none
 * @param order which ones
 * @param seed of random draws
 */
public record Shots(List<ChoiceQuestion> pool, int count, Order order, long seed) {
    /** No examples. */
    public static final Shots NONE = new Shots(List.of(), 0, Order.FIRST, 0);

    private static final String DELIMITER = "\n\n";
    private static final RandomGeneratorFactory<RandomGenerator> GENERATOR =
            RandomGeneratorFactory.of("L64X128MixRandom");

    /** Which of the pool are taken. */
    public enum Order {
        /** The first ones, the same for every question: then they are computed but once. */
        FIRST,
        /** Others for every question. */
        RANDOM
    }

    public Shots {
        pool = List.copyOf(pool);
        if (count < 0) {
            throw new IllegalArgumentException("the number of examples must not be negative, but is " + count);
        }
    }

    /**
     * The examples of a question, each followed by an empty line. They are of its subject, and never the question
     * itself.
     *
     * @param index of the question, on which random draws depend
     * @throws DataException if there are too few
     */
    String before(ChoiceQuestion question, int index) {
        if (count == 0) {
            return "";
        }
        List<ChoiceQuestion> left = new ArrayList<>(pool.stream()
                .filter(other -> other.subject().equals(question.subject())
                        && !other.options().equals(question.options()))
                .toList());
        if (left.size() < count) {
            throw new DataException(question.where() + ": there are only " + left.size() + " questions"
                    + (question.subject().isEmpty() ? "" : " of the subject " + question.subject())
                    + " to take " + count + " examples from");
        }
        RandomGenerator random = GENERATOR.create(Seeds.of(seed, index));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int next = order == Order.FIRST ? 0 : random.nextInt(left.size());
            text.append(left.remove(next).solved()).append(DELIMITER);
        }
        return text.toString();
    }
}
