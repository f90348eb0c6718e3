package org.frugaltorch.finetune.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.frugaltorch.finetune.data.Examples;
import org.frugaltorch.finetune.data.JsonRows;
import org.frugaltorch.finetune.data.TextExample;
import org.frugaltorch.finetune.evaluation.ChoiceQuestion;
import org.frugaltorch.finetune.evaluation.ChoiceTask;
import org.frugaltorch.finetune.instruction.InstructionExample;
import org.frugaltorch.finetune.instruction.InstructionFiles;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text to learn from, made from WordNet and from LanguageTool's rules. */
class TextImportTest {
    private static final MavenArtifact ARTIFACT = new MavenArtifact("g", "n", "1");

    @TempDir
    Path directory;

    private static String synset(int number, String type, String gloss, String... words) {
        StringBuilder line = new StringBuilder(String.format("%08d 03 %s %02x", number, type, words.length));
        for (String word : words) {
            line.append(' ').append(word).append(" 0");
        }
        return line.append(" 000 | ").append(gloss).append("  \n").toString();
    }

    private Path wordNet(Map<String, String> contentByFile) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        for (PartOfSpeech part : PartOfSpeech.values()) {
            String content = "  1 a licence | not a gloss\n" + contentByFile.getOrDefault(part.file(), "");
            entries.put("wn/" + part.file(), content.getBytes(StandardCharsets.UTF_8));
        }
        return Fixtures.jar(directory.resolve("wn.jar"), entries);
    }

    private void importWordNet(Path jar, WordNetForm form) {
        new WordNetText(ARTIFACT, "wn/", form).convert(jar, directory);
    }

    /** A thousand nouns and a thousand adjectives; every second meaning shares a word with the one after it. */
    private Path manyWords() throws IOException {
        StringBuilder nouns = new StringBuilder();
        StringBuilder adjectives = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            nouns.append(synset(i, "n", "thing number " + i + "; \"see " + i + "\"; \"or " + i + "\"", "noun_" + i,
                    "noun_" + (i + 1)));
            adjectives.append(synset(i, i % 2 == 0 ? "a" : "s", "quality number " + i, "Adj" + i + "(p)"));
        }
        return wordNet(Map.of("data.noun", nouns.toString(), "data.adj", adjectives.toString()));
    }

    private List<InstructionExample> instructions(String file) {
        return InstructionFiles.read(directory.resolve(file), InstructionFiles.Fields.USUAL);
    }

    @Test
    void definitionsOfHeldOutWordsAreNowhereAmongThoseToLearn() throws IOException {
        Path jar = manyWords();
        importWordNet(jar, WordNetForm.DEFINITIONS);
        List<InstructionExample> train = instructions("train.jsonl");
        List<InstructionExample> eval = instructions("eval.jsonl");
        assertThat(eval.size()).isBetween(10, 90);
        assertThat(train.size()).isBetween(1850, 1990);
        assertThat(train).extracting(InstructionExample::instruction)
                .contains("Define noun 2 (noun).").anyMatch(text -> text.matches("Define Adj\\d+ \\(adjective\\)\\."));
        assertThat(train).extracting(InstructionExample::output).contains("thing number 2")
                .noneMatch(text -> text.contains("see"));

        importWordNet(jar, WordNetForm.GLOSSES);
        String learnt = Files.readString(directory.resolve("train.txt"));
        assertThat(learnt).contains("noun 2, noun 3 (noun): thing number 2; \"see 2\"; \"or 2\"\n");
        Set<String> words = new HashSet<>();
        for (String line : learnt.split("\n")) {
            words.addAll(List.of(line.replaceFirst(" \\(.*", "").split(", ")));
        }
        for (InstructionExample example : eval) {
            assertThat(words).doesNotContain(example.instruction().replaceFirst("Define (.*) \\(.*", "$1"));
            assertThat(learnt).doesNotContain(": " + example.output() + "\n")
                    .doesNotContain(": " + example.output() + ";");
        }
        assertThat(Files.readAllLines(directory.resolve("eval.txt"))).hasSameSizeAs(eval);
    }

    @Test
    void aHeldOutDefinitionIsNotLearntUnderAnotherWordEither() {
        List<Synset> all = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            all.add(new Synset("" + i, 3, PartOfSpeech.NOUN, List.of("w" + i), "shared " + i / 2));
        }
        WordNetSplit split = WordNetSplit.of(all);
        Set<String> learnt = new HashSet<>(split.train().stream().map(Synset::gloss).toList());
        assertThat(split.eval()).isNotEmpty().allSatisfy(synset -> assertThat(learnt).doesNotContain(synset.gloss()));
        assertThat(split.train()).hasSizeLessThan(all.size() - split.eval().size());
    }

    @Test
    void choicesHoldTheDefinitionAndOthersOfTheirKind() throws IOException {
        importWordNet(manyWords(), WordNetForm.CHOICES);
        List<ChoiceQuestion> questions = ChoiceTask.CHOICES.read(directory.resolve("train.jsonl"));
        assertThat(questions).hasSizeBetween(1850, 1990);
        Set<Integer> places = new HashSet<>();
        for (ChoiceQuestion question : questions) {
            List<ChoiceQuestion.Option> options = question.options();
            assertThat(options).hasSize(4).doesNotHaveDuplicates();
            ChoiceQuestion.Option right =
                    options.stream().filter(ChoiceQuestion.Option::right).findFirst().orElseThrow();
            places.add(options.indexOf(right));
            boolean noun = right.context().endsWith("(noun):");
            assertThat(right.answer()).isEqualTo((noun ? "thing" : "quality") + " number "
                    + right.context().replaceAll("\\D", ""));
            assertThat(options).allMatch(option -> option.answer().startsWith(noun ? "thing" : "quality"));
        }
        assertThat(places).containsExactlyInAnyOrder(0, 1, 2, 3);
        byte[] before = Files.readAllBytes(directory.resolve("eval.jsonl"));
        importWordNet(directory.resolve("wn.jar"), WordNetForm.CHOICES);
        assertThat(Files.readAllBytes(directory.resolve("eval.jsonl"))).isEqualTo(before);
    }

    @Test
    void refusesLinesThatAreNoSynsets() throws IOException {
        for (String line : List.of("00001740 03 n zz x 0 000 | y\n", "00001740 03 n 01\n", "x\n")) {
            Path jar = wordNet(Map.of("data.verb", line));
            assertThatThrownBy(() -> importWordNet(jar, WordNetForm.GLOSSES)).isInstanceOf(DataException.class)
                    .hasMessageContaining("data.verb has a line that is no synset: " + line.strip());
        }
    }

    private String importRules(String... files) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (String content : files) {
            names.add("rules" + names.size() + ".xml");
            entries.put(names.getLast(), content.getBytes(StandardCharsets.UTF_8));
        }
        Path jar = Fixtures.jar(directory.resolve("lt.jar"), entries);
        LanguageToolRules source = new LanguageToolRules(ARTIFACT, names);
        new LanguageToolPairs(source).convert(jar, directory);
        return new LanguageToolCorrections(source).convert(jar, directory);
    }

    private List<String> corrections() {
        List<String> all = new ArrayList<>();
        for (String file : List.of("train.jsonl", "eval.jsonl")) {
            JsonRows.read(directory.resolve(file), (line, row) -> all.add(inWords(row)));
        }
        return all;
    }

    private List<TextExample> pairs() throws IOException {
        List<TextExample> all = new ArrayList<>();
        for (String file : List.of("train.tsv", "eval.tsv")) {
            if (Files.readAllLines(directory.resolve(file)).size() > 1) {
                all.addAll(Examples.read(directory.resolve(file), "text", "text_pair", "label").rows());
            }
        }
        return all;
    }

    @Test
    void wordsInContextComeAsOftenInOneMeaningAsInTwo() throws IOException {
        StringBuilder verbs = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            String word = "verb" + "abcdefghij".charAt(i % 10) + "abcdfghijklmnopqrstu".charAt(i / 10);
            verbs.append(synset(3 * i, "v", "do it; \"they " + word + "ed it\"; \"we " + word + " it\"; \"none\"", word, "other"));
            verbs.append(synset(3 * i + 1, "v", "be so; \"he " + word + "s now\"; \"mis" + word + "\"", word));
            verbs.append(synset(3 * i + 2, "v", "one meaning; \"" + word + "x it\"; \"" + word + "x\"", word + "x"));
        }
        new WordNetContexts(ARTIFACT, "wn/").convert(wordNet(Map.of("data.verb", verbs.toString())), directory);
        List<TextExample> pairs = pairs();
        assertThat(pairs).hasSize(400);
        assertThat(pairs.stream().filter(pair -> pair.label().equals("same"))).hasSize(200)
                .allMatch(pair -> pair.text().matches("(\\w+): they \\1ed it") && pair.textPair().startsWith("we "));
        assertThat(pairs.stream().filter(pair -> pair.label().equals("different"))).hasSize(200)
                .allMatch(pair -> pair.textPair().startsWith("he "));
        List<TextExample> eval = Examples.read(directory.resolve("eval.tsv"), "text", "text_pair", "label").rows();
        assertThat(eval.size()).isBetween(12, 90);
        Set<String> heldOut = new HashSet<>(eval.stream().map(pair -> pair.text().split(":")[0]).toList());
        assertThat(heldOut).hasSize(eval.size() / 2);
    }

    @ParameterizedTest
    @CsvSource({"run,VERB,He was running,true", "run,NOUN,the runs,true", "make,VERB,making it,true", "carry,VERB,she carries,true",
        "make,VERB,the maker,false", "art,NOUN,start here,false", "New York,NOUN,in new york now,true", "be,VERB,been,false",
        "sad,ADJECTIVE,the saddest day,true", "play,NOUN,both plays,true", "time,NOUN,many times,true"})
    void wordsAreFoundWithTheirEndings(String word, PartOfSpeech part, String sentence, boolean there) {
        assertThat(WordNetContexts.occurs(word, part, sentence)).isEqualTo(there);
    }

    private static String inWords(ObjectNode row) {
        assertThat(row.path("instruction").asText()).isEqualTo("Correct the sentence.");
        return row.path("input").asText() + " > " + row.path("output").asText();
    }

    @Test
    void sentencesAreCorrectedWhereTheyAreMarked() throws IOException {
        importRules("""
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE rules [ <!ENTITY verbs "is|are"> <!ENTITY nbsp "&#x00A0;"> ]>
                <rules><category id="C"><rulegroup id="G">
                  <rule><pattern><token regexp="yes">&verbs;</token></pattern>
                    <example correction="have|had">They  <marker>has</marker>
                        time.</example>
                    <example correction="">No <marker>remedy</marker> here.</example>
                    <example>All is well.</example>
                    <example type="triggers_error">Only <marker>wrong</marker>.</example></rule>
                </rulegroup>
                <rule id="R"><example correction=", and">A<marker> and</marker> B &amp; C</example>
                  <example correction="5&nbsp;km"><marker>5km</marker> left</example>
                  <example correction="same">The <marker>same</marker> again.</example></rule></category></rules>
                """,
                "<rules><rule id='S'><example correction='X'>They <marker>has</marker> time.</example></rule></rules>");
        assertThat(corrections()).containsExactlyInAnyOrder(
                "They has time. > They have time.", "A and B & C > A, and B & C", "5km left > 5\u00a0km left");
        assertThat(pairs()).extracting(pair -> pair.label().equals("second")
                        ? pair.text() + " > " + pair.textPair()
                        : pair.textPair() + " > " + pair.text())
                .containsExactlyInAnyOrderElementsOf(corrections());
    }

    @Test
    void allSentencesOfARuleAreInOnePart() throws IOException {
        StringBuilder rules =
                new StringBuilder("<!DOCTYPE rules [ <!ENTITY w \"" + "word|".repeat(200) + "\"> ]><rules>");
        for (int group = 0; group < 300; group++) {
            rules.append("<rulegroup id='G").append(group).append("'>");
            for (int rule = 0; rule < 20; rule++) {
                rules.append("<rule><token>&w;</token><example correction='b'>").append("g").append(group)
                        .append(" r").append(rule).append(" <marker>a</marker>.</example></rule>");
            }
            rules.append("</rulegroup>");
        }
        // Six thousand references: more than Java expands unless told otherwise.
        assertThat(importRules(rules.append("</rules>").toString())).contains("of rules that do not occur among those");
        Map<String, Set<String>> files = new HashMap<>();
        for (String file : List.of("train.jsonl", "eval.jsonl")) {
            JsonRows.read(directory.resolve(file), (line, row) -> files.computeIfAbsent(
                    row.path("input").asText().split(" ")[0], first -> new HashSet<>()).add(file));
        }
        assertThat(files).hasSize(300);
        assertThat(files.values()).allMatch(found -> found.size() == 1);
        assertThat(files.values().stream().filter(found -> found.contains("eval.jsonl")).count()).isBetween(3L, 40L);
    }

    @Test
    void refusesRulesThatAreNotRight() {
        assertThatThrownBy(() -> importRules("<rules><rule>")).isInstanceOf(DataException.class)
                .hasMessageContaining("rules0.xml").hasMessageContaining("not valid XML");
        assertThatThrownBy(() -> importRules("<rules/>")).isInstanceOf(DataException.class)
                .hasMessageContaining("holds no sentences with corrections");
    }
}
