package org.frugaltorch.finetune.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.io.DataException;

/**
 * How a question is put to a model: a preamble, examples, the question, and each answer in turn.
 *
 * @param preamble before everything, followed by an empty line; {@code {subject}} in it stands for the question's
 *     subject. Empty for none
 * @param shots the examples
 * @param opening tokens before every text, which a model may have been trained with; from {@link Tokenizer#opening}
 */
public record ChoicePrompt(String preamble, Shots shots, int[] opening) {
    private static final String SUBJECT = "{subject}";

    /** Everything before the answer to {@code option}. */
    String context(ChoiceQuestion question, ChoiceQuestion.Option option, int index) {
        String start = preamble.strip();
        if (!start.isEmpty()) {
            start = start.replace(SUBJECT, question.subject().replace('_', ' ')) + "\n\n";
        }
        return start + shots.before(question, index) + option.context();
    }

    /**
     * The texts of all options, whose answers are scored.
     *
     * @param index of the question
     */
    List<ScoredText> texts(ChoiceQuestion question, int index, Tokenizer tokenizer) {
        List<String> texts = new ArrayList<>();
        for (ChoiceQuestion.Option option : question.options()) {
            String context = context(question, option, index);
            // Tokens hold the space before a word: space at the end of the context belongs to the answer.
            String stripped = context.stripTrailing();
            texts.add(stripped);
            texts.add(stripped + context.substring(stripped.length()) + ChoiceQuestion.DELIMITER + option.answer());
        }
        List<int[]> tokens = tokenizer.encodePlain(texts);
        return IntStream.range(0, question.options().size())
                .mapToObj(i -> scored(question, tokens.get(2 * i).length, tokens.get(2 * i + 1), tokenizer)).toList();
    }

    private ScoredText scored(ChoiceQuestion question, int contextTokens, int[] whole, Tokenizer tokenizer) {
        int[] start = opening;
        if (start.length + contextTokens == 0) {
            start = new int[] {tokenizer.eosId().orElseThrow(() -> new DataException(question.where()
                    + ": the question is empty, and the tokenizer has no token to begin a text with"))};
        }
        if (contextTokens >= whole.length) {
            throw new DataException(question.where() + ": an answer adds no token to its question");
        }
        long[] tokens = IntStream.concat(Arrays.stream(start), Arrays.stream(whole)).asLongStream().toArray();
        return new ScoredText(tokens, start.length + contextTokens);
    }
}
