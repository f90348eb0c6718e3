package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.finetune.metrics.EntityScores;
import org.frugaltorch.finetune.tagging.ConllColumns;
import org.frugaltorch.finetune.tagging.ConllFile;
import org.frugaltorch.finetune.tagging.TaggedWords;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code frugal tag} from files to a model, its scores and its answers. */
class TagCommandNativeTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private static Path shared;
    private static Path model;
    private static Path train;
    private static Path eval;
    private static Path test;
    private static Path out;
    private static CommandRun trained;

    @TempDir
    private Path folder;

    @BeforeAll
    static void train() {
        model = TinyBert.write(shared.resolve("model"));
        train = TaggedWords.write(shared.resolve("train.conll"), 200, 1);
        eval = TaggedWords.write(shared.resolve("eval.conll"), 40, 60, 2);
        test = TaggedWords.write(shared.resolve("test.conll"), 30, 3);
        out = shared.resolve("out");
        trained = tag(model, out, "--epochs", "5", "--test", test.toString(), "--tokentune", "0.4", "--always-select",
                "entities", "--compare", "--json", shared.resolve("all.json").toString());
        assertThat(trained.exitCode()).as(trained.err()).isZero();
    }

    private static CommandRun tag(Path model, Path out, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("tag", "--model", model.toString(), "--out", out.toString(), "--threads", "1"));
        arguments.addAll(List.of(more));
        Map.of("--train", train.toString(), "--eval", eval.toString(), "--batch-size", "16", "--learning-rate", "4e-3")
                .forEach((option, usual) -> {
                    if (!arguments.contains(option)) {
                        arguments.addAll(List.of(option, usual));
                    }
                });
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private static CommandRun predict(Path model, Path input, Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of("predict", "--model", model.toString(), "--input",
                input.toString(), "--out", out.toString()));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private static JsonNode json(Path file) throws IOException {
        return MAPPER.readTree(file.toFile());
    }

    private static final String TOKEN_TUNE = "tokentune-0.4+always-entities";

    @Test
    void bothMethodsLearnAndAreReported() throws IOException {
        JsonNode all = json(shared.resolve("all.json"));
        assertThat(all.fieldNames()).toIterable().containsExactly("full", TOKEN_TUNE);
        for (JsonNode run : all) {
            assertThat(run.path("metrics").path("entity_f1").doubleValue()).isGreaterThan(0.9);
            assertThat(run.path("metrics").path("test_entity_f1").doubleValue()).isGreaterThan(0.9);
            assertThat(run.path("metrics").path("test_entity_precision").doubleValue()).isGreaterThan(0.9);
            assertThat(run.path("accuracy").doubleValue()).isGreaterThan(0.9);
        }
        assertThat(all.path(TOKEN_TUNE).path("savedActivationBytes").longValue())
                .isLessThan(all.path("full").path("savedActivationBytes").longValue());
        assertThat(json(out.resolve("summary.json"))).isEqualTo(all);
        assertThat(trained.out()).contains("200 sentences to train on, 5 labels (entities in IOB2)", "Entity F1",
                "Report: ").doesNotContain("cut off");
        assertThat(Files.readString(out.resolve("report.html"))).contains("entities in IOB2");
        JsonNode config = json(out.resolve("full/model/config.json"));
        assertThat(config.path("architectures").get(0).asText()).isEqualTo("BertForTokenClassification");
        assertThat(config.path("id2label").size()).isEqualTo(5);
    }

    /** Sentences longer than the model are labelled too, and the scores are those of the file that was written. */
    @Test
    void labelsAFileWithAColumnMore() throws IOException {
        Path labelled = folder.resolve("labelled.conll");
        CommandRun run = predict(out.resolve("full/model"), eval, labelled, "--label-column", "last", "--json",
                folder.resolve("p.json").toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        List<String> before = Files.readAllLines(eval);
        List<String> after = Files.readAllLines(labelled);
        assertThat(after).hasSameSizeAs(before);
        for (int i = 0; i < before.size(); i++) {
            assertThat(after.get(i)).startsWith(before.get(i));
            assertThat(after.get(i).split(" ")).hasSize(before.get(i).isEmpty() ? 1 : 4);
        }
        double f1 = EntityScores.of(
                ConllFile.read(labelled, new ConllColumns(1, 3)).labels(),
                ConllFile.read(labelled, new ConllColumns(1, 4)).labels()).all().f1();
        JsonNode measured = json(folder.resolve("p.json"));
        assertThat(measured.path("entity_f1").doubleValue()).isCloseTo(f1, within(1e-12));
        assertThat(json(out.resolve("summary.json")).path("full").path("metrics").path("entity_f1").doubleValue())
                .isCloseTo(f1, within(1e-12));
        assertThat(measured.path("words").intValue()).isEqualTo(ConllFile.read(eval, ConllColumns.USUAL).words());
        assertThat(run.out()).contains("Type", "LOC", "PER", "all", "Scores: {entity_f1=");
    }

    @Test
    void labelsWordsThatHaveNoLabelsYet() throws IOException {
        Path words = Files.writeString(folder.resolve("words.txt"), "w0\nw45\nw2\n\nw1\n");
        CommandRun run = predict(out.resolve("full/model"), words, folder.resolve("labelled.txt"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(folder.resolve("labelled.txt")).hasContent("w0 B-PER\nw45 I-PER\nw2 O\n\nw1 B-LOC\n");
        assertThat(run.out()).contains("Wrote 4 words with their labels").doesNotContain("Scores");
    }

    /** On top of a model that knows the words, but other labels of them. */
    @ParameterizedTest
    @CsvSource({
        "lora,--lora", "lora+recompute,--lora --recompute",
        "qlora+tokentune-0.4+always-labelled,--lora --qlora --tokentune 0.4 --always-select labelled",
        "meft1+tokentune-0.4+always-labelled,--meft 1 --tokentune 0.4 --always-select labelled",
        "meft3+nf4,--meft 3 --meft-4bit"})
    void adaptersAreTrainedSavedAndUsed(String name, String options) throws IOException {
        Path run = folder.resolve("run");
        List<String> arguments = new ArrayList<>(List.of(options.split(" ")));
        arguments.addAll(List.of("--label-column", "2", "--epochs", "5", "--learning-rate", "2e-2", "--dropout", "0"));
        CommandRun learnt = tag(out.resolve("full/model"), run, arguments.toArray(String[]::new));
        assertThat(learnt.exitCode()).as(learnt.err()).isZero();
        JsonNode summary = json(run.resolve("summary.json")).path(name);
        double accuracy = summary.path("accuracy").doubleValue();
        assertThat(accuracy).isGreaterThan(0.9);
        assertThat(Integer.parseInt(summary.path("settings").path("trainedWeights").asText()))
                .isLessThan(summary.path("weightBytes").intValue() / Float.BYTES / 2);
        Path best = run.resolve(name).resolve("model");
        assertThat(best.resolve("adapter_model.safetensors")).exists();
        Path judged = folder.resolve("judged.json");
        CommandRun used = predict(best, eval, folder.resolve("labelled.conll"), "--label-column", "2", "--json",
                judged.toString());
        assertThat(used.exitCode()).as(used.err()).isZero();
        assertThat(json(judged).path("accuracy").doubleValue()).isCloseTo(accuracy, within(1e-9));
    }

    @Test
    void aMergedAdapterLabelsAsBefore() throws IOException {
        Path run = folder.resolve("run");
        assertThat(tag(model, run, "--lora", "--epochs", "2", "--learning-rate", "2e-2").exitCode()).isZero();
        Path adapter = run.resolve("lora/model");
        Path merged = folder.resolve("merged");
        CommandRun merge = CommandRun.of("merge", "--adapter", adapter.toString(), "--out", merged.toString());
        assertThat(merge.exitCode()).as(merge.err()).isZero();
        Path before = folder.resolve("before.conll");
        Path after = folder.resolve("after.conll");
        assertThat(predict(adapter, eval, before).exitCode()).isZero();
        CommandRun whole = predict(merged, eval, after);
        assertThat(whole.exitCode()).as(whole.err()).isZero();
        assertThat(after).hasSameTextualContentAs(before);
        Path moved = Files.move(model, folder.resolve("moved"));
        try {
            assertThat(predict(adapter, eval, folder.resolve("none")).sentence()).contains("not there", "--base");
            assertThat(predict(adapter, eval, folder.resolve("again"), "--base", moved.toString()).exitCode()).isZero();
        } finally {
            Files.move(moved, model);
        }
    }

    @Test
    void aTaggerGoesOnWithItsHead() throws IOException {
        CommandRun run = tag(out.resolve("full/model"), folder.resolve("more"), "--max-steps", "1", "--learning-rate",
                "1e-9", "--no-checkpoint");
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode metrics = json(folder.resolve("more/summary.json")).path("full").path("metrics");
        assertThat(metrics.path("entity_f1").doubleValue()).isGreaterThan(0.9);
        assertThat(run.out()).doesNotContain("made anew");
        CommandRun other = tag(out.resolve("full/model"), folder.resolve("other"), "--max-steps", "1",
                "--no-checkpoint", "--label-column", "2");
        assertThat(other.exitCode()).as(other.err()).isZero();
        assertThat(other.out()).contains("its head is made anew", "3 labels (plain labels)");
    }

    @Test
    void plainLabelsAreJudgedByAccuracyAndMacroF1() throws IOException {
        CommandRun run = tag(model, folder.resolve("pos"), "--label-column", "2", "--tokentune", "0.3", "--lean",
                "--epochs", "4", "--no-checkpoint", "--max-length", "10");
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode summary = json(folder.resolve("pos/summary.json")).path("tokentune-0.3+lean");
        assertThat(summary.path("accuracy").doubleValue()).isGreaterThan(0.9);
        assertThat(summary.path("macroF1").doubleValue()).isGreaterThan(0.9);
        assertThat(summary.path("metrics").has("entity_f1")).isFalse();
        assertThat(Integer.parseInt(summary.path("settings").path("lostWords").asText())).isGreaterThan(100);
        assertThat(run.out()).containsPattern("Of .*train.conll, \\d+ words in \\d+ sentences were cut off");
    }

    @Test
    void aFinishedRunIsNotTouchedUnlessAsked() throws IOException {
        assertThat(tag(model, out, "--epochs", "5").sentence()).contains("holds a run already", "--resume");
        Path copy = folder.resolve("run");
        String[] settings = {
            "--max-steps", "4", "--eval-steps", "2", "--tokentune", "8", "--always-select", "labelled"};
        assertThat(tag(model, copy, settings).exitCode()).isZero();
        JsonNode first = json(copy.resolve("summary.json"));
        String name = "tokentune-8+always-labelled";
        assertThat(first.has(name)).isTrue();
        List<String> again = new ArrayList<>(List.of(settings));
        again.add("--resume");
        CommandRun resumed = tag(model, copy, again.toArray(String[]::new));
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertThat(json(copy.resolve("summary.json")).path(name).path("metrics").path("entity_f1"))
                .isEqualTo(first.path(name).path("metrics").path("entity_f1"));
        again.addAll(List.of("--label-column", "2"));
        assertThat(tag(model, copy, again.toArray(String[]::new)).sentence()).contains("labels");
    }

    private String refused(String... more) {
        Path target = folder.resolve("refused");
        String sentence = tag(model, target, more).sentence();
        assertThat(target).doesNotExist();
        return sentence;
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void whatMakesNoSenseIsSaidInOneSentence() {
        assertThat(refused("--always-select", "entities"))
                .contains("--always-select says which tokens TokenTune selects, but --tokentune is not given");
        assertThat(refused("--tokentune", "0.3", "--always-select", "all")).contains("Unknown --always-select 'all'");
        assertThat(refused("--tokentune", "0.3", "--always-select", "entities", "--label-column", "2"))
                .contains("The labels are plain labels, so there are no entities to select always");
        assertThat(refused("--meft", "1", "--lora")).contains("give one of them, or --meft-lora");
        assertThat(refused("--lora-r", "4")).contains("--lora-r says how --lora works, but --lora is not given");
        assertThat(refused("--lora", "--always-select", "labelled")).contains("--tokentune is not given");
        assertThat(refused("--metric-for-best-model", "f1", "--label-column", "2")).contains("not judged by 'f1'");
        assertThat(refused("--label-column", "9")).contains("has 3 columns, so it has no column 9");
        assertThat(refused("--label-column", "pos")).contains("--label-column takes the number of a column");
        assertThat(refused("--max-length", "33")).contains("more than the 32 positions");
        assertThat(refused("--dropout", "1.5")).contains("the dropout must be in [0, 1), not 1.5");
        assertThat(refused("--batch-size", "0")).contains("the batch size must be at least 1");
        assertThat(refused("--max-length", "8", "--no-truncation"))
                .contains("train.conll, line ", ": the sentence has ", "more than the maximum length of 8");
    }

    @Test
    void badFilesAreToldWithTheirLine() throws IOException {
        assertThat(refused("--train", file("r.conll", "w0 NOUN B-PER\nw1 VERB\n").toString()))
                .contains("r.conll, line 2: the row has 2 columns where the first row has 3 columns");
        assertThat(refused("--eval", file("e.conll", "w0 NOUN O\nw1 VERB B-ORG\n").toString()))
                .contains("e.conll, line 2: the label 'B-ORG' is not known from training; known are B-LOC, B-PER");
        assertThat(refused("--test", folder.resolve("none").toString())).contains("there is no data file");
        assertThat(refused("--train", file("o.conll", "w0 NOUN O\nw1 VERB O\n").toString()))
                .contains("every word in ", "o.conll has the label 'O'; a tagger needs at least two labels");
    }

    @Test
    void predictToldTheWrongKindOfColumn() throws IOException {
        Path target = folder.resolve("x.tsv");
        CommandRun text = predict(out.resolve("full/model"), eval, target, "--text-column", "text");
        assertThat(text.exitCode()).isEqualTo(2);
        assertThat(text.sentence()).contains("labels the words of CoNLL files, so --text-column");
        CommandRun missing = predict(model, eval, target);
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.sentence()).contains("Missing required option: '--text-column=NAME'");
        assertThat(predict(model, eval, target, "--text-column", "text", "--token-column", "1").sentence())
                .contains("classifies whole texts, so --token-column is not for it");
        Path copy = Files.copy(eval, folder.resolve("copy.conll"));
        assertThat(predict(out.resolve("full/model"), copy, copy).sentence()).contains("is the file that is read");
        assertThat(copy).hasSameTextualContentAs(eval);
        Path other = file("other.conll", "w0 B-ORG\n");
        assertThat(predict(out.resolve("full/model"), other, target, "--label-column", "2").sentence())
                .contains("other.conll, line 1: the label 'B-ORG' is not known from training");
        assertThat(target).doesNotExist();
    }
}
