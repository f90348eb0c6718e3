package org.frugaltorch.finetune.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.train.ProgressLine;

/**
 * Puts questions to a model, one after another.
 *
 * @param model that is judged
 * @param strategy by which it is run outside training
 * @param tokenizer of the model
 * @param prompt how a question is put
 */
public record ChoiceRun(
        CausalLanguageModel model, ActivationStrategy strategy, Tokenizer tokenizer, ChoicePrompt prompt) {

    /** Of an ordinary model. */
    public ChoiceRun(CausalLanguageModel model, Tokenizer tokenizer, ChoicePrompt prompt) {
        this(model, new KeepAll(), tokenizer, prompt);
    }

    /**
     * How likely the model finds each answer.
     *
     * @param title for the progress line
     * @return logarithms of the answers' probabilities in nats, a row a question
     */
    public List<double[]> logLikelihoods(List<ChoiceQuestion> questions, String title) {
        try (ProgressLine progress = ProgressLine.open(title, 0, questions.size())) {
            return logLikelihoods(questions, (asked, right) -> progress.update(asked, right + " right"));
        }
    }

    /** The same without a word. */
    public List<double[]> logLikelihoods(List<ChoiceQuestion> questions) {
        return logLikelihoods(questions, (asked, right) -> {});
    }

    /** Is told after every question. */
    @FunctionalInterface
    private interface Progress {
        void update(int asked, int right);
    }

    private List<double[]> logLikelihoods(List<ChoiceQuestion> questions, Progress progress) {
        List<double[]> rows = new ArrayList<>();
        // Room for keys and values is set aside once, and a model may have positions for far longer texts.
        int tokens = IntStream.range(0, questions.size())
                .flatMap(i -> prompt.texts(questions.get(i), i, tokenizer).stream().mapToInt(text -> text.tokens().length))
                .max().orElse(1);
        int longest = Math.min(model.stack().config().maxPositionEmbeddings(), tokens);
        try (ContinuationScorer scorer = new ContinuationScorer(model, strategy, longest)) {
            int right = 0;
            for (ChoiceQuestion question : questions) {
                double[] row = scorer.logLikelihoods(prompt.texts(question, rows.size(), tokenizer));
                right += ChoiceScore.ACC.of(question.options(), row) > 0 ? 1 : 0;
                rows.add(row);
                progress.update(rows.size(), right);
            }
        }
        return rows;
    }
}
