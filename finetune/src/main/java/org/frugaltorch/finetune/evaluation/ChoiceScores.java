package org.frugaltorch.finetune.evaluation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a model did on a set of questions.
 *
 * @param questions how many there were
 * @param means by score, the most usual first
 * @param subjects means of the first score by subject; empty where questions have none
 */
public record ChoiceScores(int questions, Map<ChoiceScore, Mean> means, Map<String, Mean> subjects) {
    /**
     * A mean of scores.
     *
     * @param value from 0 to 1
     * @param error its standard error; NaN for a single question
     */
    public record Mean(double value, double error) {
        static Mean of(double[] values) {
            double sum = 0;
            for (double value : values) {
                sum += value;
            }
            double mean = sum / values.length;
            double squares = 0;
            for (double value : values) {
                squares += (value - mean) * (value - mean);
            }
            int n = values.length;
            return new Mean(mean, n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1) / n));
        }
    }

    /**
     * Scores a set.
     *
     * @param logLikelihoods of the options, a row a question
     */
    public static ChoiceScores of(
            List<ChoiceQuestion> questions, List<double[]> logLikelihoods, List<ChoiceScore> scores) {
        Map<ChoiceScore, Mean> means = new LinkedHashMap<>();
        for (ChoiceScore score : scores) {
            means.put(score, Mean.of(values(questions, logLikelihoods, score, null)));
        }
        Map<String, Mean> subjects = new TreeMap<>();
        questions.stream().map(ChoiceQuestion::subject).filter(subject -> !subject.isEmpty()).distinct()
                .forEach(subject -> subjects.put(
                        subject, Mean.of(values(questions, logLikelihoods, scores.getFirst(), subject))));
        return new ChoiceScores(questions.size(), means, subjects);
    }

    private static double[] values(
            List<ChoiceQuestion> questions, List<double[]> logLikelihoods, ChoiceScore score, String subject) {
        double[] values = new double[questions.size()];
        int count = 0;
        for (int i = 0; i < questions.size(); i++) {
            ChoiceQuestion question = questions.get(i);
            if (subject == null || question.subject().equals(subject)) {
                values[count++] = score.of(question.options(), logLikelihoods.get(i));
            }
        }
        return Arrays.copyOf(values, count);
    }

    /** By the names that result files carry: {@code acc}, {@code acc_stderr} and so on. */
    public Map<String, Object> asMap() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("questions", questions);
        means.forEach((score, mean) -> {
            values.put(score.toString(), mean.value);
            values.put(score + "_stderr", mean.error);
        });
        if (!subjects.isEmpty()) {
            Map<String, Object> bySubject = new LinkedHashMap<>();
            subjects.forEach((subject, mean) -> bySubject.put(subject, mean.value));
            values.put("subjects", bySubject);
        }
        return values;
    }
}
