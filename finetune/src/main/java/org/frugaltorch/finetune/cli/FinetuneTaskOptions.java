package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.evaluation.ChoiceData;
import org.frugaltorch.finetune.evaluation.ChoiceJudge;
import org.frugaltorch.finetune.evaluation.ChoiceTask;
import org.frugaltorch.finetune.instruction.InstructionData;
import org.frugaltorch.finetune.instruction.InstructionData.Split;
import org.frugaltorch.finetune.instruction.Judge;
import org.frugaltorch.finetune.metrics.Metric;
import picocli.CommandLine.Option;

/** The options of {@code frugal finetune} about questions with answers to choose from. */
public final class FinetuneTaskOptions {
    @Option(names = "--task", paramLabel = "NAME",
            description = "Data are questions with answers to choose from, as the set is published: openbookqa, piqa,"
                    + " arc_easy, arc_challenge, sciq, or another task of frugal evaluate. Right answers are learnt,"
                    + " and models judged by what they choose.")
    private String task;

    @Option(names = "--metric-for-best-model", paramLabel = "NAME",
            description = "With --task: what the best model is chosen by: accuracy, acc_norm or loss"
                    + " (default: accuracy).")
    private String metric;

    /** Options not given yet; picocli sets them. */
    public FinetuneTaskOptions() {}

    /**
     * What is learnt, and what judges it.
     *
     * @param texts with their losses
     */
    record Lesson(InstructionData texts, Judge judge) {}

    /**
     * The task, if there is one.
     *
     * @throws IllegalArgumentException when it is unknown, or options contradict one another
     */
    Optional<ChoiceTask> task() {
        if (task == null && metric != null) {
            throw new IllegalArgumentException("--metric-for-best-model says what --task is judged by, which is not"
                    + " given; instructions are judged by their loss");
        }
        return Optional.ofNullable(task).map(ChoiceTask::named);
    }

    /**
     * Reads and tokenises everything.
     *
     * @param heldOut null when some of {@code training} are held out
     */
    Lesson read(ChoiceTask task, Path training, Path heldOut, Split split, Tokenizer tokenizer, MaxLength limit) {
        Metric primary = metric == null ? ChoiceJudge.usualMetric(task) : Metric.named(metric);
        ChoiceData data = ChoiceData.read(task, training, heldOut, split, tokenizer, limit);
        return new Lesson(data.texts(), new ChoiceJudge(task, data.judged(), tokenizer, primary));
    }
}
