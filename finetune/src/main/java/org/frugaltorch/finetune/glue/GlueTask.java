package org.frugaltorch.finetune.glue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.frugaltorch.finetune.metrics.MetricSet;

/** A task of "GLUE: A multi-task benchmark and analysis platform for natural language understanding" (2018). */
public enum GlueTask {
    /** Is a sentence grammatical? */
    COLA("CoLA", new Texts("sentence", null), new Texts("sentence", null), "label",
            List.of("unacceptable", "acceptable"), true),
    /** Is a review favourable? */
    SST2("SST-2", new Texts("sentence", null), new Texts("sentence", null), "label",
            List.of("negative", "positive"), true),
    /** Do two sentences say the same? */
    MRPC("MRPC", new Texts("sentence1", "sentence2"), new Texts("#1 String", "#2 String"), "Quality",
            List.of("not_equivalent", "equivalent"), true),
    /** Do two questions ask the same? */
    QQP("QQP", new Texts("question1", "question2"), new Texts("question1", "question2"), "is_duplicate",
            List.of("not_duplicate", "duplicate"), true),
    /** How alike are two sentences, from 0 to 5? */
    STSB("STS-B", new Texts("sentence1", "sentence2"), new Texts("sentence1", "sentence2"), "score", List.of(), false),
    /** Does one sentence follow from another, contradict it, or neither? */
    MNLI("MNLI", new Texts("premise", "hypothesis"), new Texts("sentence1", "sentence2"), "gold_label",
            List.of("entailment", "neutral", "contradiction"), false),
    /** Does a sentence answer a question? */
    QNLI("QNLI", new Texts("question", "sentence"), new Texts("question", "sentence"), "label",
            List.of("entailment", "not_entailment"), false),
    /** Does one sentence follow from another? */
    RTE("RTE", new Texts("sentence1", "sentence2"), new Texts("sentence1", "sentence2"), "label",
            List.of("entailment", "not_entailment"), false),
    /** Does a sentence with its pronoun replaced follow from the original? */
    WNLI("WNLI", new Texts("sentence1", "sentence2"), new Texts("sentence1", "sentence2"), "label",
            List.of("not_entailment", "entailment"), true);

    /**
     * Where texts are.
     *
     * @param second null for a task on single texts
     */
    public record Texts(String first, String second) {}

    private final String title;
    private final Texts texts;
    private final Texts published;
    private final String publishedLabel;
    private final List<String> labels;
    private final boolean numbered;

    GlueTask(
            String title, Texts texts, Texts published, String publishedLabel, List<String> labels, boolean numbered) {
        this.title = title;
        this.texts = texts;
        this.published = published;
        this.publishedLabel = publishedLabel;
        this.labels = labels;
        this.numbered = numbered;
    }

    /**
     * Finds a task by its short name, whatever its letter case.
     *
     * @throws IllegalArgumentException if GLUE has no such task
     */
    public static GlueTask named(String name) {
        return Arrays.stream(values()).filter(task -> task.id().equals(name.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("GLUE has no task '" + name + "'; choose one of "
                        + Arrays.stream(values()).map(GlueTask::id).collect(Collectors.joining(", "))));
    }

    /** The short name, such as {@code sst2}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** GLUE's own name, of its folders and of answers, such as {@code SST-2}. */
    public String title() {
        return title;
    }

    /** Fields of the texts in CSV and JSON files. */
    public Texts texts() {
        return texts;
    }

    /** Columns of the texts in GLUE's own files. */
    public Texts published() {
        return published;
    }

    /** Column of the answer in GLUE's own files. */
    public String publishedLabel() {
        return publishedLabel;
    }

    /** Whether a number is predicted instead of a class. */
    public boolean isRegression() {
        return labels.isEmpty();
    }

    /** Whether answers are to be checked against texts of other kinds too. */
    public boolean isMatched() {
        return this == MNLI;
    }

    /** Names of the classes; empty where a number is predicted. */
    public List<String> labels() {
        return labels;
    }

    /** Names that a saved model lists: its classes, or one for its number. */
    public List<String> outputs() {
        return isRegression() ? List.of("LABEL_0") : labels;
    }

    /** The metrics by which the task is judged. */
    public MetricSet metrics() {
        return MetricSet.ofGlueTask(id());
    }

    /** The class that a label in a file means: its name, or its number. */
    OptionalInt classOf(String label) {
        int named = labels.indexOf(label.strip());
        if (named >= 0) {
            return OptionalInt.of(named);
        }
        boolean isNumber = label.strip().matches("[0-9]");
        int number = isNumber ? Integer.parseInt(label.strip()) : -1;
        return number >= 0 && number < labels.size() ? OptionalInt.of(number) : OptionalInt.empty();
    }

    /** A class as GLUE's server wants it. */
    String answer(int number) {
        return numbered ? Integer.toString(number) : labels.get(number);
    }
}
