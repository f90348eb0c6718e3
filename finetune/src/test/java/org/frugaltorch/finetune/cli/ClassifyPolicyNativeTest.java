package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.train.RunLog;
import org.frugaltorch.finetune.train.RunRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code frugal classify} with activations computed again: the same training, of which less is kept. */
class ClassifyPolicyNativeTest {
    @TempDir
    private static Path shared;
    private static Path model;
    private static Path train;
    private static Path eval;

    @TempDir
    private Path folder;

    @BeforeAll
    static void prepare() {
        model = TinyBert.write(shared.resolve("model"));
        train = TinyBert.sentences(shared.resolve("train.tsv"), 60, 1);
        eval = TinyBert.sentences(shared.resolve("eval.tsv"), 20, 2);
    }

    private List<RunRecord.Step> steps(String method, String... more) {
        return steps(model, method, more);
    }

    private List<RunRecord.Step> steps(Path start, String method, String... more) {
        return steps(start, shared, 5, method, more);
    }

    private List<RunRecord.Step> steps(Path start, Path data, int count, String method, String... more) {
        List<String> arguments = new ArrayList<>(List.of("classify", "--model", start.toString(),
                "--train", data.resolve("train.tsv").toString(), "--eval", data.resolve("eval.tsv").toString(),
                "--text-column", "text", "--label-column", "label", "--batch-size", "8",
                "--max-steps", Integer.toString(count), "--epochs", Integer.toString(count), "--learning-rate", "1e-3",
                "--no-checkpoint", "--threads", "1", "--out", folder.toString()));
        arguments.addAll(List.of(more));
        CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains(method);
        return RunLog.read(folder.resolve(method).resolve("log.jsonl")).stream()
                .filter(RunRecord.Step.class::isInstance).map(RunRecord.Step.class::cast).toList();
    }

    private static void assertSameButLess(List<RunRecord.Step> plain, List<RunRecord.Step> frugal) {
        for (int i = 0; i < plain.size(); i++) {
            assertThat(frugal.get(i).loss()).as("loss of step %s", i + 1)
                    .isCloseTo(plain.get(i).loss(), within(1e-4));
        }
        assertThat(frugal.getLast().savedActivationBytes()).isLessThan(plain.getLast().savedActivationBytes());
    }

    /** Dropout acts: what is computed again must draw the same numbers again. */
    @Test
    void blocksThatRunAgain() {
        assertSameButLess(steps("full"), steps("full+recompute", "--recompute"));
        assertSameButLess(steps("tokentune-0.4", "--tokentune", "0.4"),
                steps("tokentune-0.4+recompute", "--tokentune", "0.4", "--recompute"));
    }

    @Test
    void normsAndActivationFunctionsThatRunAgain() {
        assertSameButLess(steps("full", "--dropout", "0"), steps("full+lean", "--dropout", "0", "--lean"));
    }

    @Test
    void theTypeOfTheFilesIsKeptWhenAsked() throws IOException {
        List<RunRecord.Step> half = steps("full", "--dtype", "bfloat16");
        Path halfModel = folder.resolve("half");
        Files.move(folder.resolve("full/model"), halfModel);
        long kept = half.getLast().savedActivationBytes();
        assertThat(steps(halfModel, "full", "--force", "--dtype", "auto").getLast().savedActivationBytes())
                .isEqualTo(kept);
        assertThat(steps("full", "--force", "--dtype", "auto").getLast().savedActivationBytes()).isGreaterThan(kept);
    }

    /** A published classifier may list its classes in any order, and its head's rows are in that one. */
    @Test
    void aClassifierGoesOnWithItsClassesInItsOrder() throws IOException {
        List<RunRecord.Step> first = steps(model, shared, 120, "full", "--dropout", "0");
        Path before = folder.resolve("before");
        Files.move(folder.resolve("full/model"), before);
        Path config = before.resolve("config.json");
        List<String> labels = ModelDirectory.open(before).labels();
        String renamed = Files.readString(config);
        for (Path data : List.of(train, eval)) {
            String text = Files.readString(data);
            for (int i = 0; i < labels.size(); i++) {
                text = text.replace("\t" + labels.get(i) + "\n", "\tclass " + (9 - i) + "\n");
            }
            Files.writeString(folder.resolve(data.getFileName()), text);
        }
        for (int i = 0; i < labels.size(); i++) {
            renamed = renamed.replace('"' + labels.get(i) + '"', "\"class " + (9 - i) + '"');
        }
        Files.writeString(config, renamed);
        double again = steps(before, folder, 1, "full", "--force", "--dropout", "0").getFirst().loss();
        assertThat(again).isLessThan(0.5).isLessThan(0.8 * first.getFirst().loss());
        assertThat(ModelDirectory.open(folder.resolve("full/model")).labels())
                .isEqualTo(ModelDirectory.open(before).labels());
    }

    @Test
    void onlyOneOfThem() {
        CommandRun run = CommandRun.of("classify", "--model", model.toString(), "--train", train.toString(), "--eval",
                eval.toString(), "--text-column", "text", "--label-column", "label", "--out", folder.toString(),
                "--lean", "--recompute");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.sentence()).contains("--recompute keeps less than --lean does already: give one of them");
    }
}
