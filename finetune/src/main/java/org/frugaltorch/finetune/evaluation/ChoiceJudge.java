package org.frugaltorch.finetune.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.instruction.Judge;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;

/**
 * Judges a model in training by the answers it chooses, as {@code frugal evaluate} does without examples.
 *
 * @param task that the questions are of
 * @param questions to judge by
 * @param tokenizer of the model
 * @param primary {@link Metric#ACCURACY}, {@link Metric#ACC_NORM} or {@link Metric#LOSS}
 */
public record ChoiceJudge(ChoiceTask task, List<ChoiceQuestion> questions, Tokenizer tokenizer, Metric primary)
        implements Judge {

    public ChoiceJudge {
        boolean known = switch (primary) {
            case LOSS -> true;
            case ACCURACY -> task.scores().contains(ChoiceScore.ACC);
            case ACC_NORM -> task.scores().contains(ChoiceScore.ACC_NORM);
            default -> false;
        };
        if (!known) {
            throw new IllegalArgumentException("The best model of the task " + task + " is not chosen by '"
                    + primary.id() + "', but by " + (task.scores().contains(ChoiceScore.ACC) ? "accuracy, " : "")
                    + (task.scores().contains(ChoiceScore.ACC_NORM) ? "acc_norm, " : "") + "loss");
        }
    }

    /** The metric that the best model is chosen by unless told otherwise. */
    public static Metric usualMetric(ChoiceTask task) {
        return task.scores().contains(ChoiceScore.ACC) ? Metric.ACCURACY : Metric.LOSS;
    }

    /** {@code acc} under the name {@code accuracy}, by which all reports know it; the others under their own. */
    @Override
    public Map<String, Double> scores(CausalLanguageModel model, ActivationStrategy strategy) {
        List<double[]> logLikelihoods = new ChoiceRun(model, strategy, tokenizer, ChoicePrompt.plain(tokenizer))
                .logLikelihoods(questions);
        Map<String, Double> scores = new LinkedHashMap<>();
        ChoiceScores.of(questions, logLikelihoods, task.scores()).means().forEach((score, mean) ->
                scores.put(score == ChoiceScore.ACC ? Metric.ACCURACY.id() : score.toString(), mean.value()));
        return scores;
    }
}
