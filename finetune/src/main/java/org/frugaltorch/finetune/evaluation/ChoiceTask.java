package org.frugaltorch.finetune.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.frugaltorch.finetune.data.JsonRows;
import org.frugaltorch.io.DataException;

/** Sets of questions: how their files read, and by what they are judged. */
public enum ChoiceTask {
    /** ARC, the AI2 reasoning challenge, easy or hard; usually 25 examples. */
    ARC(ChoiceForms::arc, Shots.Order.RANDOM, ChoiceScore.ACC, ChoiceScore.ACC_NORM, ChoiceScore.ACC_BYTES),
    /** HellaSwag; usually 10 examples. */
    HELLASWAG(ChoiceForms::hellaSwag, Shots.Order.RANDOM, ChoiceScore.ACC, ChoiceScore.ACC_NORM, ChoiceScore.ACC_BYTES),
    /** WinoGrande; usually 5 examples or none. */
    WINOGRANDE(ChoiceForms::winoGrande, Shots.Order.RANDOM, ChoiceScore.ACC),
    /** MMLU; usually the 5 examples that each subject comes with. */
    MMLU(ChoiceForms::mmlu, Shots.Order.FIRST, ChoiceScore.ACC),
    /** TruthfulQA with several right answers; no examples. */
    TRUTHFULQA(ChoiceForms::truthfulQa, Shots.Order.FIRST, ChoiceScore.MC2),
    /** Any other set in the plain form {@code {"context": "...", "choices": ["...", "..."], "answer": 0}}. */
    CHOICES(ChoiceForms::choices, Shots.Order.RANDOM, ChoiceScore.ACC, ChoiceScore.ACC_NORM, ChoiceScore.ACC_BYTES,
            ChoiceScore.MC2);

    private final Function<ChoiceRow, ChoiceQuestion> form;
    private final Shots.Order shotOrder;
    private final List<ChoiceScore> scores;

    ChoiceTask(Function<ChoiceRow, ChoiceQuestion> form, Shots.Order shotOrder, ChoiceScore... scores) {
        this.form = form;
        this.shotOrder = shotOrder;
        this.scores = List.of(scores);
    }

    /**
     * Finds a task by its name, such as {@code hellaswag}.
     *
     * @throws IllegalArgumentException if there is none; the message lists all names
     */
    public static ChoiceTask named(String name) {
        return Arrays.stream(values()).filter(task -> task.toString().equalsIgnoreCase(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no task '" + name + "'; choose one of "
                        + Arrays.stream(values()).map(ChoiceTask::toString).collect(Collectors.joining(", "))));
    }

    /**
     * Reads a file of questions, JSON lines or a JSON array.
     *
     * @throws DataException if it is missing, malformed or holds no question
     */
    public List<ChoiceQuestion> read(Path file) {
        List<ChoiceQuestion> questions = new ArrayList<>();
        JsonRows.read(file, (line, object) ->
                questions.add(form.apply(new ChoiceRow(object, file + ", line " + line))));
        if (questions.isEmpty()) {
            throw new DataException(file + " holds no questions");
        }
        return questions;
    }

    /** In which order examples are taken, unless told otherwise. */
    public Shots.Order shotOrder() {
        return shotOrder;
    }

    /** What it is judged by, the most usual first. */
    public List<ChoiceScore> scores() {
        return scores;
    }

    /** The name for users. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
