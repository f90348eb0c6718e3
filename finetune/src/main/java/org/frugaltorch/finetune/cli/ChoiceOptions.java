package org.frugaltorch.finetune.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.frugaltorch.finetune.data.JsonRows;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.evaluation.ChoicePrompt;
import org.frugaltorch.finetune.evaluation.ChoiceQuestion;
import org.frugaltorch.finetune.evaluation.ChoiceRun;
import org.frugaltorch.finetune.evaluation.ChoiceScores;
import org.frugaltorch.finetune.evaluation.ChoiceTask;
import org.frugaltorch.finetune.evaluation.Shots;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.io.DataException;
import picocli.CommandLine.Option;

/** The options of tasks with answers to choose from, and what they make {@code frugal evaluate} do. */
public final class ChoiceOptions {
    /** All of them. */
    static final List<String> NAMES = List.of(
            "--shots", "--shot-data", "--shot-order", "--preamble", "--no-bos", "--limit", "--seed", "--details");

    @Option(names = "--shots", defaultValue = "0", paramLabel = "K",
            description = "Solved questions before each question, as examples (default: ${DEFAULT-VALUE}).")
    private int shots;

    @Option(names = "--shot-data", paramLabel = "FILE",
            description = "Questions to take those from (default: --data, always without the question itself).")
    private Path shotData;

    @Option(names = "--shot-order", paramLabel = "NAME",
            description = "first: the same for all questions, which is faster; or random"
                    + " (default: random, first for mmlu).")
    private Optional<Shots.Order> shotOrder = Optional.empty();

    @Option(names = "--preamble", paramLabel = "FILE",
            description = "Text before everything; {subject} in it stands for the question's subject.")
    private Path preamble;

    @Option(names = "--no-bos", description = "Leave out the token that the tokenizer puts before every text.")
    private boolean noOpening;

    @Option(names = "--limit", defaultValue = "0", paramLabel = "N",
            description = "Only the first N questions; 0: all (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(names = "--seed", defaultValue = "1234", paramLabel = "N",
            description = "Of drawing examples (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--details", paramLabel = "FILE",
            description = "Also write every question's log-likelihoods to this file, as JSON lines.")
    private Path details;

    /** Options not given yet; picocli sets them. */
    public ChoiceOptions() {}

    /**
     * What is asked, read before a model is loaded.
     *
     * @param pool questions to take examples from
     */
    record Questions(ChoiceTask task, List<ChoiceQuestion> asked, List<ChoiceQuestion> pool, String preamble) {}

    Questions read(ChoiceTask task, Path data) {
        if (limit < 0) {
            throw new IllegalArgumentException("--limit must not be negative, but is " + limit);
        }
        List<ChoiceQuestion> all = task.read(data);
        List<ChoiceQuestion> pool = shots == 0 ? List.of() : shotData == null ? all : task.read(shotData);
        return new Questions(task, limit == 0 ? all : all.subList(0, Math.min(limit, all.size())), pool,
                preamble == null ? "" : text(preamble));
    }

    /** Scores a model, prints the result and returns it by name. */
    Map<String, Object> evaluate(Questions read, AdaptedModel decoder, Tokenizer tokenizer, PrintWriter out) {
        ChoiceTask task = read.task;
        List<ChoiceQuestion> questions = read.asked;
        ChoicePrompt prompt = new ChoicePrompt(read.preamble,
                new Shots(read.pool, shots, shotOrder.orElse(task.shotOrder()), seed),
                noOpening ? new int[0] : tokenizer.opening());
        List<double[]> logLikelihoods =
                new ChoiceRun(decoder.model(), decoder.evaluation(), tokenizer, prompt)
                        .logLikelihoods(questions, task.toString());
        ChoiceScores scores = ChoiceScores.of(questions, logLikelihoods, task.scores());
        if (details != null) {
            JsonRows.write(details, rows(questions, logLikelihoods));
        }
        out.println(task + ", " + shots + (shots == 1 ? " example, " : " examples, ")
                + scores.questions() + (scores.questions() == 1 ? " question" : " questions"));
        scores.means().forEach((score, mean) -> out.printf("%-10s %s ± %s%n",
                score, Units.decimal(mean.value(), 4), Units.decimal(mean.error(), 4)));
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("task", task.toString());
        values.put("shots", shots);
        values.putAll(scores.asMap());
        return values;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
    }

    private static List<Map<String, Object>> rows(List<ChoiceQuestion> questions, List<double[]> logLikelihoods) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("index", i);
            row.put("right", questions.get(i).options().stream().map(ChoiceQuestion.Option::right).toList());
            row.put("logLikelihoods", logLikelihoods.get(i));
            rows.add(row);
        }
        return rows;
    }
}
