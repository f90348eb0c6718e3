package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GLUE from files to answers, on a tiny model. */
class GlueCommandNativeTest {
    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void makeModel() {
        model = TinyBert.write(folder.resolve("bert"));
    }

    /** Words of a kind: every third of the vocabulary. */
    private static String words(Random random, int kind, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : " ").append('w').append(3 * random.nextInt(30) + kind);
        }
        return text.toString();
    }

    private Path write(String name, String header, List<String> rows) throws IOException {
        List<String> lines = new ArrayList<>(List.of(header));
        lines.addAll(rows);
        return Files.write(folder.resolve(name), lines);
    }

    private List<Integer> sentiment(String name, int count, long seed, boolean labelled) throws IOException {
        Random random = new Random(seed);
        List<String> rows = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            labels.add(random.nextInt(2));
            String text = words(random, labels.getLast(), 3 + random.nextInt(6));
            rows.add(labelled ? text + "\t" + labels.getLast() : i + "\t" + text);
        }
        write(name, labelled ? "sentence\tlabel" : "index\tsentence", rows);
        return labels;
    }

    private CommandRun glue(String task, String... more) {
        return CommandRun.of(Stream.concat(
                Stream.of("glue", "--task_name", task, "--model_name_or_path", model.toString(), "--data_dir",
                        folder.toString(), "--output_dir", folder.resolve("out").toString()),
                Arrays.stream(more)).toArray(String[]::new));
    }

    private JsonNode results() throws IOException {
        return new ObjectMapper().readTree(folder.resolve("out/all_results.json").toFile());
    }

    private List<String> answers(String name) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("out").resolve(name));
        assertThat(lines.getFirst()).isEqualTo("index\tprediction");
        return lines.stream().skip(1).map(line -> line.split("\t")[1]).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--seed=7", "--tokentune=0.5", "--bf16", "--optimizer-in-backward --max_grad_norm 0"})
    void trainsJudgesAndAnswers(String more) throws IOException {
        sentiment("train.tsv", 120, 1, true);
        sentiment("dev.tsv", 60, 2, true);
        List<Integer> expected = sentiment("test.tsv", 40, 3, false);
        List<String> arguments = new ArrayList<>(List.of("--do_train", "--do_eval", "True", "--do_predict",
                "--learning_rate", "3e-3", "--num_train_epochs", "6", "--per_device_train_batch_size", "16",
                "--warmup_steps", "5", "--weight_decay", "0.1", "--adam_beta2", "0.98", "--group_by_length"));
        arguments.addAll(List.of(more.split(" ")));
        CommandRun run = glue("SST2", arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        double accuracy = results().path("eval_accuracy").doubleValue();
        assertThat(accuracy).isGreaterThan(0.8);
        assertThat(results().path("best_accuracy").doubleValue()).isCloseTo(accuracy, within(1e-9));
        List<String> answers = answers("SST-2.tsv");
        long right = IntStream.range(0, 40)
                .filter(i -> answers.get(i).equals(expected.get(i).toString())).count();
        assertThat(right).isGreaterThan(32);
        assertThat(Files.readString(folder.resolve("out/model/config.json"))).contains("negative", "positive");
    }

    @Test
    void roundingChangesWhatBfloat16Learns() throws IOException {
        sentiment("train.tsv", 48, 1, true);
        sentiment("dev.tsv", 30, 2, true);
        List<byte[]> weights = new ArrayList<>();
        for (String rounding : List.of("stochastic", "nearest")) {
            CommandRun run = glue("sst2", "--do_train", "--bf16", "--max_steps", "6", "--rounding", rounding,
                    "--overwrite_output_dir");
            assertThat(run.exitCode()).as(run.err()).isZero();
            weights.add(Files.readAllBytes(folder.resolve("out/model/model.safetensors")));
        }
        assertThat(weights.getFirst()).isNotEqualTo(weights.getLast());
        CommandRun unknown = glue("sst2", "--do_train", "--rounding", "up", "--overwrite_output_dir");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("'up'", "stochastic", "nearest");
    }

    @Test
    void aTrainedModelIsJudgedAndAskedWithoutTraining() throws IOException {
        sentiment("train.tsv", 48, 1, true);
        sentiment("dev.tsv", 30, 2, true);
        CommandRun trained =
                glue("sst2", "--do_train", "--max_steps", "4", "--pad_to_max_length", "--max_seq_length", "16");
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        double best = results().path("best_accuracy").doubleValue();
        model = folder.resolve("out/model");
        CommandRun judged = glue("sst2", "--do_eval");
        assertThat(judged.exitCode()).as(judged.err()).isZero();
        assertThat(results().path("eval_accuracy").doubleValue()).isCloseTo(best, within(1e-9));
    }

    @Test
    void adaptersAreTrainedJudgedAndAsked() throws IOException {
        sentiment("train.tsv", 96, 1, true);
        sentiment("dev.tsv", 30, 2, true);
        CommandRun trained = glue("sst2", "--do_train", "--do_eval", "--learning_rate", "1e-2", "--num_train_epochs",
                "6", "--per_device_train_batch_size", "16", "--lora", "--target-modules", "all-linear", "--tokentune",
                "0.5");
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        double accuracy = results().path("eval_accuracy").doubleValue();
        assertThat(accuracy).isGreaterThan(0.7);
        assertThat(folder.resolve("out/model/adapter_config.json")).exists();
        model = folder.resolve("out/model");
        CommandRun judged = glue("sst2", "--do_eval");
        assertThat(judged.exitCode()).as(judged.err()).isZero();
        assertThat(results().path("eval_accuracy").doubleValue()).isCloseTo(accuracy, within(1e-9));
        assertThat(glue("sst2", "--do_train", "--overwrite_output_dir").sentence()).contains("name a whole model");
        assertThat(glue("sst2", "--do_train", "--lora", "--adapter_bottleneck_dim", "8").sentence())
                .contains("give one of them");
    }

    @ParameterizedTest
    @CsvSource({"layer, 0.1, 1", "adapter, 1, 0.1", "attn, 0.1, 0.1"})
    void reversibleLayersByTheReferencesFlags(String architecture, String first, String second) throws IOException {
        sentiment("train.tsv", 60, 1, true);
        sentiment("dev.tsv", 30, 2, true);
        CommandRun trained = glue("sst2", "--do_train", "--do_eval", "--num_train_epochs", "2", "--learning_rate", "3e-3",
                "--adapter_bottleneck_dim", "8", "--num_rev_layers", "2", "--f_arch", architecture, "--x1_factor", first,
                "--x2_factor", second);
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        double accuracy = results().path("eval_accuracy").doubleValue();
        assertThat(results().path("best_accuracy").doubleValue()).isCloseTo(accuracy, within(1e-9));
        assertThat(folder.resolve("out/model/adapter_model.safetensors")).exists();
        sentiment("test.tsv", 20, 3, false);
        model = folder.resolve("out/model");
        CommandRun judged = glue("sst2", "--do_eval", "--do_predict");
        assertThat(judged.exitCode()).as(judged.err()).isZero();
        assertThat(results().path("eval_accuracy").doubleValue()).isCloseTo(accuracy, within(1e-9));
        assertThat(answers("SST-2.tsv")).hasSize(20);
        assertThat(glue("sst2", "--do_train", "--overwrite_output_dir").sentence()).contains("holds adapters");
    }

    @Test
    void numbersAreLearntToo() throws IOException {
        for (String name : new String[] {"train.tsv", "dev.tsv", "test.tsv"}) {
            Random random = new Random(name.hashCode());
            List<String> rows = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                int alike = random.nextInt(6);
                String text = (words(random, 0, alike + 1) + " " + words(random, 1, 6 - alike)).strip();
                rows.add(text + "\t" + words(random, 2, 2) + (name.equals("test.tsv") ? "" : "\t" + alike + ".0"));
            }
            write(name, "sentence1\tsentence2" + (name.equals("test.tsv") ? "" : "\tscore"), rows);
        }
        CommandRun run = glue("stsb", "--do_train", "--do_eval", "--do_predict", "--learning_rate", "3e-3",
                "--num_train_epochs", "8", "--per_device_train_batch_size", "10", "--metric_for_best_model",
                "eval_pearson");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(results().path("eval_pearson").doubleValue()).isGreaterThan(0.7);
        assertThat(results().path("eval_combined").doubleValue()).isCloseTo(
                (results().path("eval_pearson").doubleValue() + results().path("eval_spearman").doubleValue()) / 2,
                within(1e-9));
        assertThat(answers("STS-B.tsv")).hasSize(100).allMatch(answer -> answer.matches("-?[0-9]+\\.[0-9]{3}"));
        assertThat(Files.readString(folder.resolve("out/model/config.json"))).contains("regression");
        CommandRun adapted = glue("stsb", "--do_train", "--max_steps", "2", "--lora", "--overwrite_output_dir");
        assertThat(adapted.exitCode()).as(adapted.err()).isZero();
        assertThat(CommandRun.of("predict", "--model", folder.resolve("out/model").toString(), "--input",
                folder.resolve("test.tsv").toString(), "--text-column", "sentence1", "--text-pair-column", "sentence2",
                "--out", folder.resolve("p.tsv").toString()).sentence()).contains("gives every input one number");
    }

    @Test
    void textsOfOtherKindsAreJudgedAtTheEnd() throws IOException {
        String header = "sentence1\tsentence2\tgold_label";
        for (String name : new String[] {"train", "dev_matched", "dev_mismatched"}) {
            Random random = new Random(name.hashCode());
            List<String> rows = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                rows.add(words(random, i % 3, 3) + "\t" + words(random, 1, 3) + "\t"
                        + List.of("entailment", "neutral", "contradiction").get(i % 3));
            }
            write(name + ".tsv", header, rows);
        }
        write("test_matched.tsv", "sentence1\tsentence2", List.of("w1 w2\tw3", "w4\tw5"));
        write("test_mismatched.tsv", "sentence1\tsentence2", List.of("w1 w2\tw3"));
        CommandRun run = glue("mnli", "--do_train", "--do_eval", "--do_predict", "--max_steps", "2",
                "--max_train_samples", "12", "--max_eval_samples", "10", "--eval_strategy", "steps",
                "--eval_steps", "1");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(results().has("eval_accuracy")).isTrue();
        assertThat(results().has("eval_accuracy_mm")).isTrue();
        assertThat(answers("MNLI-m.tsv")).hasSize(2).isSubsetOf("entailment", "neutral", "contradiction");
        assertThat(answers("MNLI-mm.tsv")).hasSize(1);
    }

    /** As in Transformers' Trainer: not a bound within the epochs. */
    @Test
    void asManyStepsAreTakenAsAreAskedFor() throws IOException {
        sentiment("train.tsv", 20, 1, true);
        sentiment("dev.tsv", 8, 2, true);
        CommandRun trained = glue("sst2", "--do_train", "--max_steps", "11", "--lr_scheduler_type", "constant_with_warmup",
                "--warmup_steps", "11");
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        assertThat(results().path("train_steps").intValue()).as("3 steps are an epoch").isEqualTo(11);
    }

    /** Published models number a task's classes as they like. */
    @Test
    void classesOfAModelAreThoseOfTheirNames() throws IOException {
        Random random = new Random(4);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            int kind = random.nextInt(3);
            rows.add(words(random, kind, 5) + "\t" + words(random, kind, 4) + "\t"
                    + List.of("entailment", "neutral", "contradiction").get(kind));
        }
        write("train.tsv", "sentence1\tsentence2\tgold_label", rows);
        write("dev_matched.tsv", "sentence1\tsentence2\tgold_label", rows.subList(0, 40));
        CommandRun trained = glue("mnli", "--do_train", "--do_eval", "--learning_rate", "1e-2", "--num_train_epochs", "8");
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        double accuracy = results().path("eval_accuracy").doubleValue();
        assertThat(accuracy).isGreaterThan(0.5);

        model = folder.resolve("out/model");
        SequenceClassifierDirectory ours = SequenceClassifierDirectory.open(model);
        List<String> theirs = List.of("CONTRADICTION", "NEUTRAL", "ENTAILMENT");
        Path renumbered = folder.resolve("renumbered");
        try (TensorScope scope = TensorScope.open();
                SequenceClassifier classifier = ours.load(new ClassifierSettings(
                        theirs, ours.pooling(), DType.FLOAT32, Device.CPU, OptionalDouble.of(0)))) {
            ours.save(classifier, theirs, renumbered);
        }
        try (SafetensorsFile before = SafetensorsFile.open(model.resolve("model.safetensors"));
                SafetensorsFile after = SafetensorsFile.open(renumbered.resolve("model.safetensors"))) {
            long row = before.entry("classifier.weight").data().byteSize() / 3;
            for (int i = 0; i < 3; i++) {
                assertThat(after.entry("classifier.weight").data().asSlice(row * i, row)
                        .mismatch(before.entry("classifier.weight").data().asSlice(row * (2 - i), row))).isEqualTo(-1);
            }
        }
        model = renumbered;
        CommandRun judged = glue("mnli", "--do_eval");
        assertThat(judged.exitCode()).as(judged.err()).isZero();
        assertThat(results().path("eval_accuracy").doubleValue()).isCloseTo(accuracy, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "sst3 | --do_train            | GLUE has no task 'sst3'; choose one of cola, sst2",
        "sst2 | --max_steps=3         | Nothing to do: give --do_train, --do_eval or --do_predict",
        "sst2 | --do_predict          | no examples of SST-2 to answer (test.tsv or --test_file)",
        "sst2 | --do_eval             | holds no classifier: its weights have no classifier.weight for the 2 classes",
        "sst2 | --fp16                | --fp16 is not supported: arithmetic in float16",
        "sst2 | --dataset_name=glue   | --dataset_name is not supported: nothing is downloaded",
        "sst2 | --do_train --num_rev_layers=2    | need adapters: give --adapter_bottleneck_dim",
        "sst2 | --do_train --adapter_bottleneck_dim=8 --num_rev_layers=3 | has 2 layers, so 3 of them cannot be reversible",
        "sst2 | --do_train --adapter_bottleneck_dim=8 --x1_factor=0 | lambda must be a multiple of 0.001",
        "sst2 | --do_train --adapter_bottleneck_dim=-1 | width must be at least 1, not -1",
        "sst2 | --do_train --f_arch=all | Unknown --f_arch 'all': known are layer, adapter and attn",
        "sst2 | --do_train --layernorm_in_adapter | leave --layernorm_in_adapter out",
        "sst2 | --eval_strategy=no --do_train  | leaves nothing to choose the best model by",
        "sst2 | --metric_for_best_model=f1 --do_train | SST-2 is not judged by 'f1', but by accuracy",
        "cola | --metric_for_best_model=combined --do_train | CoLA is not judged by 'combined', but by matthews",
        "sst2 | --num_train_epochs=1.5 --do_train | must be a whole number",
        "sst2 | --do_train --resume_from_checkpoint --overwrite_output_dir | give one",
        "sst2 | --do_train --max_eval_samples=-1 | must not be negative",
        "sst2 | --do_train --warmup_steps=50 | --warmup_steps 50 is more than the 3 steps of the whole run",
        "rte  | --do_train            | has no column 'sentence1', which RTE needs"})
    void whatCannotBeDoneIsSaidInOneSentence(String task, String arguments, String problem) throws IOException {
        sentiment("train.tsv", 8, 1, true);
        sentiment("dev.tsv", 8, 2, true);
        assertThat(glue(task, arguments.split(" ")).sentence()).contains(problem);
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
