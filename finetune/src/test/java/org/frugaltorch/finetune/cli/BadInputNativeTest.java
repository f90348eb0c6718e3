package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.finetune.train.RunLog;
import org.frugaltorch.finetune.train.RunRecord;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users get wrong: each time one sentence, an exit code other than 0, and nothing half-written. */
class BadInputNativeTest {
    @TempDir
    private static Path shared;
    private static Path model;
    private static Path train;
    private static Path eval;
    private static Path fineTuned;

    @TempDir
    private Path folder;

    @BeforeAll
    static void prepare() {
        model = TinyBert.write(shared.resolve("model"));
        train = TinyBert.sentences(shared.resolve("train.tsv"), 48, 1);
        eval = TinyBert.sentences(shared.resolve("eval.tsv"), 24, 2);
        CommandRun run = classify(model, train, eval, shared.resolve("run"), "--max-steps", "4");
        assertThat(run.exitCode()).as(run.err()).isZero();
        fineTuned = shared.resolve("run/full/model");
    }

    private static CommandRun classify(Path model, Path train, Path eval, Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of("classify", "--model", model.toString(),
                "--train", train.toString(), "--eval", eval.toString(), "--text-column", "text", "--label-column", "label",
                "--out", out.toString()));
        arguments.addAll(List.of(more));
        if (!arguments.contains("--batch-size")) {
            arguments.addAll(List.of("--batch-size", "8"));
        }
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    /** Runs what must fail and leave no result behind. */
    private String refused(Path model, Path train, Path eval, String... more) {
        Path out = folder.resolve("refused");
        String sentence = classify(model, train, eval, out, more).sentence();
        assertThat(out.resolve("full")).doesNotExist();
        assertThat(out.resolve("report.html")).doesNotExist();
        return sentence;
    }

    private CommandRun predict(Path model, Path input, Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of("predict", "--model", model.toString(), "--input",
                input.toString(), "--text-column", "text", "--out", out.toString()));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    // ---- data -------------------------------------------------------------------------------------------------------

    @Test
    void aMissingColumn() throws IOException {
        Path other = file("other.csv", "sentence,label\nw1,a\nw2,b\n");
        assertThat(refused(model, other, eval)).contains("other.csv has no column 'text'; its columns are sentence, label");
    }

    @Test
    void anUnknownLabelInTheHeldOutExamples() throws IOException {
        Path other = file("other.tsv", "text\tlabel\nw1\tclass1\nw2\tclass7\n");
        assertThat(refused(model, train, other)).contains("other.tsv, line 3: the label 'class7' is not known from training;"
                + " known are class0, class1, class2");
    }

    @Test
    void emptyAndMissingFiles() throws IOException {
        assertThat(refused(model, file("empty.tsv", ""), eval)).contains("empty.tsv is empty");
        assertThat(refused(model, file("header.tsv", "text\tlabel\n"), eval)).contains("header.tsv holds no examples");
        assertThat(refused(model, file("empty.jsonl", ""), eval)).contains("empty.jsonl holds no examples");
        assertThat(refused(model, folder.resolve("none.tsv"), eval)).contains("there is no data file", "none.tsv");
        assertThat(refused(model, file("x.txt", "text"), eval)).contains("must end in .csv, .tsv, .jsonl or .json");
    }

    @Test
    void onlyOneClass() throws IOException {
        assertThat(refused(model, file("one.tsv", "text\tlabel\nw1\ta\nw2\ta\n"), eval))
                .contains("has the label 'a'; a classifier needs at least two labels");
    }

    @Test
    void aTextThatIsTooLong() throws IOException {
        Path longText = file("long.tsv", "text\tlabel\nw1\tclass0\n" + "w2 ".repeat(40) + "\tclass1\nw3\tclass2\n");
        assertThat(refused(model, longText, eval, "--no-truncation"))
                .contains("long.tsv, line 3 has 42 tokens, more than the maximum length of 32");
        assertThat(refused(model, train, eval, "--max-length", "33"))
                .contains("--max-length 33 is more than the 32 positions that the model has");
    }

    /** The model is in memory by the time its run is replaced, but its tokenizer and its only copy are not. */
    @Test
    void theModelThatARunBeginsWithIsNotRemovedByIt() throws IOException {
        Path out = folder.resolve("again");
        assertThat(classify(model, train, eval, out, "--max-steps", "2").exitCode()).isZero();
        Path trained = out.resolve("full/model");
        assertThat(classify(trained, train, eval, out, "--max-steps", "2", "--force").sentence())
                .contains("--force would remove the run in").contains("choose another --out");
        assertThat(trained.resolve("model.safetensors")).exists();
        assertThat(classify(trained, train, eval, folder.resolve("more"), "--max-steps", "2").exitCode()).isZero();
        assertThat(classify(model, train, eval, out, "--max-steps", "2", "--force").exitCode()).isZero();
    }

    // ---- models -----------------------------------------------------------------------------------------------------

    private Path changedModel(UnaryOperator<String> config, UnaryOperator<byte[]> weights) throws IOException {
        Path changed = Files.createDirectories(folder.resolve("changed"));
        Files.copy(model.resolve("vocab.txt"), changed.resolve("vocab.txt"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(changed.resolve("config.json"), config.apply(Files.readString(model.resolve("config.json"))));
        Files.write(changed.resolve("model.safetensors"),
                weights.apply(Files.readAllBytes(model.resolve("model.safetensors"))));
        return changed;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"hidden_size\": 32       | \"hidden_size\": 48       | is [95, 32] where config.json makes it [95, 48]",
        "\"num_hidden_layers\": 2  | \"num_hidden_layers\": 3  | encoder.layer.2.attention.self.query.weight is missing",
        "\"num_hidden_layers\": 2  | \"num_hidden_layers\": 1  | they hold bert.encoder.layer.1.attention.self.query.weight",
        "\"vocab_size\": 95        | \"vocab_size\": 96        | where config.json makes it [96, 32]",
        "\"num_attention_heads\": 2| \"num_attention_heads\": 3| hidden_size 32 is no multiple of num_attention_heads 3",
        "\"model_type\": \"bert\"  | \"model_type\": \"mamba\" | 'mamba', which is not supported; supported are bart",
        "\"hidden_size\": 32,      | \"hidden_size\": 32       | config.json is no valid JSON",
    })
    void aConfigurationThatContradictsTheWeights(String from, String to, String said) throws IOException {
        Path changed = changedModel(config -> {
            assertThat(config).contains(from);
            return config.replace(from, to);
        }, weights -> weights);
        assertThat(refused(changed, train, eval)).contains(said);
    }

    @Test
    void damagedWeights() throws IOException {
        assertThat(refused(changedModel(c -> c, w -> Arrays.copyOf(w, w.length - 100)), train, eval))
                .contains("model.safetensors", "it is truncated");
        assertThat(refused(changedModel(c -> c, w -> new byte[] {1, 2, 3}), train, eval)).contains("it has only 3 bytes");
        assertThat(refused(changedModel(c -> c, BadInputNativeTest::withOversizedHeader), train, eval))
                .contains("announce a header of 9223372036854775807 bytes");
        assertThat(refused(changedModel(c -> c, w -> withHeader(w, h -> overlapping(h))), train, eval))
                .contains("its data overlaps another tensor's");
        assertThat(refused(changedModel(c -> c, w -> withHeader(w, h -> h.replaceFirst("\"F32\"", "\"I32\""))), train, eval))
                .contains("holds int32 instead of floating-point numbers");
        assertThat(refused(changedModel(c -> c, w -> withHeader(w, h -> h.replaceFirst("\"F32\"", "\"X32\""))), train, eval))
                .contains("dtype X32 is not supported");
        assertThat(refused(changedModel(c -> c, w -> withHeader(w, h -> h.replaceFirst("\"F32\"", "\"F64\""))), train, eval))
                .contains("of F64 takes", "but its data_offsets span");
    }

    private static byte[] withOversizedHeader(byte[] weights) {
        byte[] changed = weights.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(Long.MAX_VALUE);
        return changed;
    }

    /** The same file with another header. */
    private static byte[] withHeader(byte[] weights, UnaryOperator<String> change) {
        int length = (int) ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN).getLong();
        String header = new String(weights, 8, length, StandardCharsets.UTF_8).strip();
        String changed = change.apply(header);
        assertThat(changed).isNotEqualTo(header);
        byte[] json = (changed + " ".repeat((8 - changed.length() % 8) % 8)).getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + weights.length - 8 - length).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length).put(json).put(weights, 8 + length, weights.length - 8 - length);
        return file.array();
    }

    /** Lets the tensor whose data comes second begin at the first one's data. */
    private static String overlapping(String header) {
        var offsets = Pattern.compile("\"data_offsets\":\\[(\\d+),(\\d+)]").matcher(header);
        List<long[]> all = new ArrayList<>();
        while (offsets.find()) {
            all.add(new long[] {Long.parseLong(offsets.group(1)), Long.parseLong(offsets.group(2))});
        }
        all.sort(Comparator.comparingLong(pair -> pair[0]));
        long[] second = all.get(1);
        return header.replace("[" + second[0] + "," + second[1] + "]", "[" + 0 + "," + (second[1] - second[0]) + "]");
    }

    @Test
    void aFolderThatIsNoModel() {
        assertThat(refused(shared, train, eval)).contains("is no model directory: it has no config.json");
        assertThat(predict(model, eval, folder.resolve("p.tsv")).sentence()).contains("holds no classifier");
        assertThat(folder.resolve("p.tsv")).doesNotExist();
    }

    @Test
    void aClassifierWithoutItsHead() throws IOException {
        Path changed = changedModel(
                config -> config.replace("{\"model_type\"", "{\"id2label\": {\"0\": \"a\", \"1\": \"b\"}, \"model_type\""), w -> w);
        assertThat(predict(changed, eval, folder.resolve("p.tsv")).sentence())
                .contains("holds no classifier: its weights have no classifier.weight");
    }

    // ---- settings ---------------------------------------------------------------------------------------------------

    @Test
    void settingsOutOfRangeAreAllToldTogether() {
        assertThat(refused(model, train, eval, "--epochs", "0", "--learning-rate", "-1", "--warmup-ratio", "2"))
                .contains("the number of epochs must be at least 1", "the learning rate must be above 0", "the warm-up ratio");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "--tokentune             | 1.5     | must be above 0 and at most 1, not 1.5",
        "--tokentune             | some    | 'some' is no share of tokens",
        "--tokentune=0.5 --token-selection | targets-first | is for texts that a language model learns to continue",
        "--token-selection       | random  | says how --tokentune draws tokens, but --tokentune is not given",
        "--compare --learning-rate | 1e-4 | sets a method beside full fine-tuning: give --tokentune",
        "--metric-for-best-model | pearson | not judged by 'pearson', but by one of accuracy, macro_f1, matthews",
        "--pooling               | max     | Unknown pooling 'max'",
        "--dtype                 | int4    | Unknown --dtype 'int4': use float32 or bfloat16",
        "--rounding              | up      | Unknown rounding 'up': use stochastic or nearest",
        "--matmul-precision      | low     | Unknown --matmul-precision 'low': use one of highest, high, medium",
        "--device                | tpu     | Unknown device 'tpu': use cpu, cuda or cuda:N",
        "--device                | cuda:99 | There is no device cuda:99: ",
        "--dropout               | 1       | the dropout must be in [0, 1), not 1.0",
        "--batch-size            | 0       | the batch size must be at least 1, but is 0",
        "--max-length            | 2       | the maximum length must be at least 4 tokens",
    })
    void aSettingOutOfRange(String option, String value, String said) {
        assertThat(refused(model, train, eval, (option + " " + value).split(" "))).contains(said);
    }

    @Test
    void aMistypedOption() {
        CommandRun run = classify(model, train, eval, folder.resolve("x"), "--learning-rat", "1e-3");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.sentence()).contains("--learning-rat").contains("did you mean --learning-rate?");
        assertThat(classify(model, train, eval, folder.resolve("x"), "--resume", "--force").sentence()).contains("give one");
        assertThat(folder.resolve("x")).doesNotExist();
    }

    // ---- while running ----------------------------------------------------------------------------------------------

    @Test
    void aLossThatIsNoNumberKeepsTheBestModel() throws IOException {
        Path out = folder.resolve("diverged");
        CommandRun run = classify(model, train, eval, out, "--learning-rate", "1e30", "--lr-scheduler-type", "linear",
                "--warmup-ratio", "0.5", "--max-steps", "20", "--eval-steps", "1");
        assertThat(run.sentence()).containsPattern("NaN|Infinity").contains("lower --learning-rate");
        assertNoTemporaries(out);
        assertThat(predict(out.resolve("full/model"), eval, folder.resolve("p.tsv")).exitCode()).isZero();

        Path early = folder.resolve("early");
        assertThat(classify(model, train, eval, early, "--learning-rate", "1e30", "--warmup-ratio", "0").sentence())
                .contains("no model was evaluated before, so none is saved");
        assertThat(early.resolve("full/model")).doesNotExist();
        assertThat(RunLog.read(early.resolve("full/log.jsonl"))).first().isInstanceOf(RunRecord.Step.class);
    }

    @Test
    void aFolderThatHoldsARun() throws IOException {
        Path out = shared.resolve("run");
        byte[] before = Files.readAllBytes(fineTuned.resolve("model.safetensors"));
        assertThat(classify(model, train, eval, out).sentence())
                .contains("holds a run already; go on with it (--resume), replace it (--force), or choose another --out");
        assertThat(fineTuned.resolve("model.safetensors")).hasBinaryContent(before);
        assertThat(classify(model, train, eval, out, "--resume", "--max-steps", "4", "--learning-rate", "1e-4").sentence())
                .contains("of a run with other settings (learningRate 5.0E-5 there, 1.0E-4 now)");
        assertThat(classify(model, train, eval, train).sentence()).contains("train.tsv");

        Path again = folder.resolve("again");
        assertThat(classify(model, train, eval, again, "--max-steps", "2", "--no-checkpoint").exitCode()).isZero();
        assertThat(classify(model, train, eval, again, "--max-steps", "2", "--resume").sentence())
                .contains("cannot be resumed, as it has a model but no checkpoint");
        assertThat(classify(model, train, eval, again, "--max-steps", "3", "--force").exitCode()).isZero();
        assertThat(RunLog.read(again.resolve("full/log.jsonl")).getLast().step()).isEqualTo(3);
    }

    @Test
    void aFullDisk() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=320k", "tmpfs", disk.toString())
                .redirectErrorStream(true).start();
        Assumptions.assumeTrue(mount.waitFor() == 0, "a small file system can be mounted, which needs root");
        try {
            Path out = disk.resolve("out");
            assertThat(classify(model, train, eval, out, "--max-steps", "4", "--eval-steps", "1").sentence())
                    .contains("cannot write", "checkpoint", "the disk is full");
            assertThat(out.resolve("full/checkpoint")).doesNotExist();
            assertNoTemporaries(out);
            assertThat(predict(out.resolve("full/model"), eval, folder.resolve("p.tsv")).exitCode()).isZero();
        } finally {
            new ProcessBuilder("umount", disk.toString()).start().waitFor();
        }
    }

    private static void assertNoTemporaries(Path out) throws IOException {
        try (Stream<Path> files = Files.walk(out)) {
            assertThat(files.map(path -> path.getFileName().toString())).noneMatch(name -> name.startsWith("."));
        }
    }

    /** A loss that stays a number does not mean that anything was learnt. */
    @Test
    void aModelThatTellsNothingApartIsNotPraised() {
        CommandRun collapsed = classify(model, train, eval, folder.resolve("collapsed"),
                "--learning-rate", "3", "--max-steps", "3");
        assertThat(collapsed.exitCode()).as(collapsed.err()).isZero();
        assertThat(collapsed.out()).contains("Note: the answers of full have nothing to do with the labels");
        assertThat(classify(model, train, eval, folder.resolve("learnt"), "--learning-rate", "3e-3",
                "--epochs", "20").out())
                .contains("Report:").doesNotContain("Note:");
    }

    // ---- predict ----------------------------------------------------------------------------------------------------

    @Test
    void theDataThatAreReadAreNotReplaced() throws IOException {
        Path data = Files.copy(eval, folder.resolve("data.tsv"));
        String before = Files.readString(data);
        assertThat(predict(fineTuned, data, data).sentence()).contains("is the file that is read");
        assertThat(data).hasContent(before);
    }

    @Test
    void predictionsAreWrittenAsTheNameSays() throws IOException {
        CommandRun lines = predict(fineTuned, eval, folder.resolve("p.jsonl"),
                "--label-column", "label", "--json", folder.resolve("scores.json").toString());
        assertThat(lines.exitCode()).as(lines.err()).isZero();
        assertThat(Files.readAllLines(folder.resolve("p.jsonl"))).hasSize(24)
                .allMatch(line -> line.matches("\\{\"index\":\\d+,\"label\":\"class[012]\",\"probability\":[01]\\.\\d{6}}"));
        assertThat(folder.resolve("scores.json")).content().contains("\"accuracy\"", "\"macro_f1\"", "\"examples\"");
        assertThat(predict(fineTuned, eval, folder.resolve("p.csv")).exitCode()).isZero();
        assertThat(Files.readAllLines(folder.resolve("p.csv"))).hasSize(25).first().isEqualTo("index,label,probability");
        assertThat(predict(fineTuned, eval, folder.resolve("p.txt")).sentence()).contains(".csv, .tsv or .jsonl");
    }
}
