package org.frugaltorch.finetune.glue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.frugaltorch.finetune.classification.Scores;
import org.frugaltorch.finetune.classification.Targets;
import org.frugaltorch.finetune.data.Examples;
import org.frugaltorch.finetune.data.TextExample;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every task's files as GLUE publishes them, and answers as its server takes them. */
class GlueFilesTest {
    @TempDir
    private Path folder;

    private Path file(String name, String... lines) throws IOException {
        return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    private static void assertRead(GlueTask task, Path file, String first, String second, double answer) {
        GlueReader reader = new GlueReader(task, true);
        Examples examples = reader.read(file);
        TextExample last = examples.rows().getLast();
        assertThat(last.text()).isEqualTo(first);
        assertThat(last.textPair()).isEqualTo(second);
        switch (reader.targets(examples)) {
            case Targets.Classes classes -> assertThat(classes.ids()[examples.size() - 1]).isEqualTo((int) answer);
            case Targets.Numbers numbers -> assertThat(numbers.values()[examples.size() - 1]).isEqualTo(answer);
        }
    }

    @Test
    void everyTaskIsReadAsPublished() throws IOException {
        assertRead(GlueTask.COLA,
                file("train.tsv", "gj04\t1\t\tOur friends won't buy this.", "gj04\t0\t*\tThey \"drank."),
                "They \"drank.", null, 0);
        assertRead(GlueTask.SST2, file("sst.tsv", "sentence\tlabel", "a fine \"film\t1"), "a fine \"film", null, 1);
        assertRead(GlueTask.MRPC, file("mrpc.tsv", "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String",
                "1\t70\t71\tHe said, \"yes\".\tHe agreed."), "He said, \"yes\".", "He agreed.", 1);
        assertRead(GlueTask.QQP, file("qqp.tsv", "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate",
                "1\t2\t3\ttorn", "1\t2\t3\tWhy?\tHow?\t0"), "Why?", "How?", 0);
        assertRead(GlueTask.STSB, file("sts.tsv",
                "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore",
                "0\tmain\tx\t2012\t1\tn\tn\tA plane.\tA jet.\t4.200"), "A plane.", "A jet.", 4.2);
        assertRead(GlueTask.MNLI, file("mnli.tsv", "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\t"
                + "sentence2_binary_parse\tsentence1_parse\tsentence2_parse\tsentence1\tsentence2\tlabel1\tgold_label",
                "0\t1\t1n\tg\t(\t(\t(\t(\tOne.\tTwo.\tneutral\tcontradiction"), "One.", "Two.", 2);
        assertRead(GlueTask.QNLI, file("qnli.tsv", "index\tquestion\tsentence\tlabel", "0\tWho?\tHe.\tnot_entailment"),
                "Who?", "He.", 1);
        assertRead(GlueTask.RTE, file("rte.tsv", "index\tsentence1\tsentence2\tlabel", "0\tOne.\tTwo.\tentailment"),
                "One.", "Two.", 0);
        assertRead(GlueTask.WNLI, file("wnli.tsv", "index\tsentence1\tsentence2\tlabel", "0\tOne.\tTwo.\t1"),
                "One.", "Two.", 1);
    }

    @Test
    void otherFormatsHaveTheFieldsOfOtherLibraries() throws IOException {
        assertRead(GlueTask.MNLI, file("train.csv", "premise,hypothesis,label,idx", "\"One, two\",Two.,1,0"),
                "One, two", "Two.", 1);
        assertRead(GlueTask.MNLI,
                file("a.jsonl", "{\"premise\": \"One\", \"hypothesis\": \"Two\", \"label\": \"neutral\"}"),
                "One", "Two", 1);
        assertRead(GlueTask.STSB, file("b.json", "[{\"sentence1\": \"One\", \"sentence2\": \"Two\", \"label\": 3.5}]"),
                "One", "Two", 3.5);
        assertRead(GlueTask.MRPC, file("c.tsv", "sentence1\tsentence2\tlabel", "One\tTwo\tequivalent"),
                "One", "Two", 1);
    }

    @Test
    void filesAreFoundByTheirNames() throws IOException {
        Path own = Files.createDirectories(folder.resolve("MNLI"));
        for (String name : List.of(
                "train.tsv", "dev_matched.tsv", "validation_mismatched.jsonl", "test_matched.tsv")) {
            Files.writeString(own.resolve(name), "x");
        }
        GlueFiles files = GlueFiles.in(folder, GlueTask.MNLI);
        assertThat(files.training()).contains(own.resolve("train.tsv"));
        assertThat(files.validation()).contains(own.resolve("dev_matched.tsv"));
        assertThat(files.mismatched()).contains(own.resolve("validation_mismatched.jsonl"));
        assertThat(files.test()).contains(own.resolve("test_matched.tsv"));
        assertThat(files.mismatchedTest()).isEmpty();
        Path other = folder.resolve("other.csv");
        assertThat(files.with(null, other, null).validation()).contains(other);
        assertThat(files.with(null, other, null).mismatched()).isEmpty();
        assertThatThrownBy(() -> GlueFiles.in(folder, GlueTask.RTE)).isInstanceOf(DataException.class)
                .hasMessageContaining("holds no files of RTE: expected are train.tsv, dev.tsv");
        assertThatThrownBy(() -> GlueFiles.in(folder.resolve("none"), GlueTask.RTE)).isInstanceOf(DataException.class)
                .hasMessageContaining("is no folder with the files of RTE");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "RTE  | index;sentence1;label    | 0;One.;entailment         | has no column 'sentence2', which RTE needs",
        "RTE  | index;sentence1;sentence2;label | 0;One.;Two.;maybe | RTE has no label 'maybe'; it has entailment",
        "RTE  | index;sentence1;sentence2;label | 0;One.;Two.;7     | line 2: RTE has no label '7'",
        "RTE  | index;sentence1;sentence2;label | 0;One.            | line 2: the row has 2 fields, but RTE needs 4",
        "RTE  | index;sentence1;sentence2;label | 0;One.;Two.;      | line 2: the label in 'label' is empty",
        "RTE  | index;sentence1;sentence2;label | ''                | holds no examples",
        "COLA | gj04;1;;Fine.            | gj04;x;;Not.              | CoLA has no label 'x'; it has unaccep",
        "STSB | sentence1;sentence2;score| One.;Two.;high            | line 2: the score 'high' is no number",
        "STSB | sentence1;sentence2;score| One.;Two.;NaN             | line 2: the score 'NaN' is no number"})
    void whatIsWrongIsNamedWithItsRow(GlueTask task, String header, String row, String problem) throws IOException {
        Path file = file("train.tsv", header.replace(';', '\t'), row.replace(';', '\t'));
        GlueReader reader = new GlueReader(task, true);
        assertThatThrownBy(() -> reader.targets(reader.read(file))).isInstanceOf(DataException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void answersAreWrittenAsTheServerTakesThem() throws IOException {
        Scores two = new Scores(new float[] {1, 0, -1, 2, 0, 0}, 2);
        assertThat(Files.readString(Submission.write(folder, GlueTask.COLA, false, two)))
                .isEqualTo("index\tprediction\n0\t0\n1\t1\n2\t0\n");
        Path entailment = Submission.write(folder, GlueTask.QNLI, false, two);
        assertThat(entailment.getFileName()).hasToString("QNLI.tsv");
        assertThat(entailment).hasContent("index\tprediction\n0\tentailment\n1\tnot_entailment\n2\tentailment\n");
        Scores three = new Scores(new float[] {1, 0, 3}, 3);
        assertThat(Submission.write(folder, GlueTask.MNLI, false, three).getFileName()).hasToString("MNLI-m.tsv");
        assertThat(Submission.write(folder, GlueTask.MNLI, true, three)).hasFileName("MNLI-mm.tsv")
                .hasContent("index\tprediction\n0\tcontradiction\n");
        Scores numbers = new Scores(new float[] {2.34567f, -0.5f}, 1);
        assertThat(Submission.write(folder, GlueTask.STSB, false, numbers))
                .hasContent("index\tprediction\n0\t2.346\n1\t-0.500\n");
    }

    @ParameterizedTest
    @EnumSource(GlueTask.class)
    void everyTaskHasItsMetric(GlueTask task) {
        assertThat(GlueTask.named(task.id())).isEqualTo(task);
        assertThat(task.metrics().task() == Metric.Task.REGRESSION).isEqualTo(task.isRegression());
        assertThat(task.outputs().size()).isEqualTo(task.isRegression() ? 1 : task.labels().size());
        assertThat(List.of(Metric.MATTHEWS, Metric.ACCURACY, Metric.COMBINED)).contains(task.metrics().primary());
    }
}
