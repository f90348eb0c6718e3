package org.frugaltorch.finetune.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.train.ProgressLine;

/**
 * Puts questions to a model, one after another.
 *
 * @param model that is judged
 * @param tokenizer of the model
 * @param prompt how a question is put
 */
public record ChoiceRun(CausalLanguageModel model, Tokenizer tokenizer, ChoicePrompt prompt) {

    /**
     * How likely the model finds each answer.
     *
     * @param title for the progress line
     * @return logarithms of the answers' probabilities in nats, a row a question
     */
    public List<double[]> logLikelihoods(List<ChoiceQuestion> questions, String title) {
        List<double[]> rows = new ArrayList<>();
        int longest = model.stack().config().maxPositionEmbeddings();
        try (ContinuationScorer scorer = new ContinuationScorer(model, longest);
                ProgressLine progress = ProgressLine.open(title, 0, questions.size())) {
            int right = 0;
            for (ChoiceQuestion question : questions) {
                double[] row = scorer.logLikelihoods(prompt.texts(question, rows.size(), tokenizer));
                right += ChoiceScore.ACC.of(question.options(), row) > 0 ? 1 : 0;
                rows.add(row);
                progress.update(rows.size(), right + " right");
            }
        }
        return rows;
    }
}
