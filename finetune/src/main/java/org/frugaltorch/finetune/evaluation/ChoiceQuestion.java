package org.frugaltorch.finetune.evaluation;

import java.util.List;

/**
 * A question with answers to choose from.
 *
 * @param options the answers, in their order
 * @param subject questions of the same subject serve one another as examples; empty where there are none
 * @param where file and line, for messages
 */
public record ChoiceQuestion(List<Option> options, String subject, String where) {
    /** What stands between context and answer. */
    static final String DELIMITER = " ";

    /**
     * One answer. Most questions have the same context for all of theirs; where a gap is to be filled, the context is
     * the sentence up to and with what fills it, and the answer is its rest.
     *
     * @param context what comes before the answer
     * @param answer what is scored
     * @param right whether it is right
     */
    public record Option(String context, String answer, boolean right) {}

    public ChoiceQuestion {
        options = List.copyOf(options);
        if (options.size() < 2) {
            throw new IllegalArgumentException("a question needs at least two answers to choose from");
        }
        if (options.stream().noneMatch(Option::right)) {
            throw new IllegalArgumentException("none of the answers is the right one");
        }
        if (options.stream().anyMatch(option -> option.answer.isBlank())) {
            throw new IllegalArgumentException("an answer is empty");
        }
    }

    /** The question with its first right answer, as an example. */
    String solved() {
        Option right = options.stream().filter(Option::right).findFirst().orElseThrow();
        return right.context + DELIMITER + right.answer;
    }
}
