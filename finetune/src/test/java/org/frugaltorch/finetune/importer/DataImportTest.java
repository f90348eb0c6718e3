package org.frugaltorch.finetune.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.frugaltorch.finetune.data.Examples;
import org.frugaltorch.finetune.data.TextExample;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataImportTest {
    @TempDir
    Path directory;

    private List<TextExample> read(String file) {
        return Examples.read(directory.resolve(file), "text", null, "label").rows();
    }

    private void importNouns(String nouns) throws IOException {
        Path jar = Fixtures.jar(directory.resolve("wn.jar"), Map.of("data.noun", nouns.getBytes(StandardCharsets.UTF_8)));
        new WordNetSupersenses(new MavenArtifact("g", "n", "1"), "data.noun").convert(jar, directory);
    }

    @Test
    void labelsGlossesAndKeepsEqualOnesTogether() throws IOException {
        StringBuilder nouns = new StringBuilder("  1 This is a licence | not a gloss\n");
        for (int synset = 0; synset < 3000; synset++) {
            String gloss = synset % 3 == 0 ? "shared " + synset / 30 : "the \"word\"\t number " + synset;
            nouns.append(String.format("%08d %02d n 01 word 0 000 | %s  \n", synset * 37, 3 + synset % 26, gloss));
        }
        importNouns(nouns.toString());
        List<TextExample> train = read("train.tsv");
        List<TextExample> eval = read("eval.tsv");
        assertThat(train.size() + eval.size()).isEqualTo(3000);
        assertThat(eval.size()).isBetween(80, 240);
        assertThat(train.getFirst().label()).isEqualTo("noun.Tops");
        assertThat(train).contains(new TextExample("the \"word\"\t number 25", null, "noun.time"));
        Set<String> texts = new HashSet<>(train.stream().map(TextExample::text).toList());
        assertThat(eval).extracting(TextExample::text).noneMatch(texts::contains);
        byte[] before = Files.readAllBytes(directory.resolve("eval.tsv"));
        importNouns(nouns.toString());
        assertThat(Files.readAllBytes(directory.resolve("eval.tsv"))).isEqualTo(before);
    }

    @Test
    void refusesLinesThatAreNoSynsets() {
        assertThatThrownBy(() -> importNouns("00001740 29 n 01 x 0 000 | y\n")).isInstanceOf(DataException.class)
                .hasMessageContaining("unknown file number 29");
        assertThatThrownBy(() -> importNouns("00001740 03 n 01 x 0 000\n")).isInstanceOf(DataException.class)
                .hasMessageContaining("a line that is no synset");
    }

    private Path mails(Map<String, String> textByFile) throws IOException {
        Path archive = directory.resolve("mails.tgz");
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new GzipCompressorOutputStream(Files.newOutputStream(archive)))) {
            for (Map.Entry<String, String> mail : textByFile.entrySet()) {
                String group = mail.getKey().replaceFirst("/.*", "");
                byte[] json = new JsonMapper().createObjectNode().put("id", "1").put("group", group)
                        .put("text", mail.getValue()).toString().getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry("package/data/" + mail.getKey());
                entry.setSize(json.length);
                tar.putArchiveEntry(entry);
                tar.write(json);
                tar.closeArchiveEntry();
            }
        }
        return archive;
    }

    @Test
    void keepsSubjectAndBodyOfEachMailOnce() throws IOException {
        Path archive = mails(Map.of(
                "spam-1/1.json", "From: x\nSUBJECT: Buy\n\tnow\nX-Spam: yes\n\nCheap \"pills\"\n\nSubject: no\n",
                "spam-2/2.json", "Subject: Buy now\nReceived: other\n\nCheap  \"pills\"\nSubject: no",
                "easy-ham-1/1.json", "From: y\r\nSubject: Lunch\r\n\r\nAt noon?\r\n",
                "hard-ham-1/1.json", "From: z\n\nNo subject here",
                "easy-ham-2/1.json", "From: z\nSubject:\n\n  \n",
                "file_list.json", "{}"));
        new SpamAssassin(new NpmPackage("p", "1")).convert(archive, directory);
        List<TextExample> all = new ArrayList<>();
        for (String file : List.of("train.tsv", "eval.tsv")) {
            if (Files.readAllLines(directory.resolve(file)).size() > 1) {
                all.addAll(read(file));
            }
        }
        assertThat(all).containsExactlyInAnyOrder(
                new TextExample("Buy now\nCheap \"pills\"\n\nSubject: no", null, "spam"),
                new TextExample("Lunch\nAt noon?", null, "ham"),
                new TextExample("No subject here", null, "ham"));
    }

    @Test
    void refusesArchivesThatAreNotRight() throws IOException {
        SpamAssassin importer = new SpamAssassin(new NpmPackage("p", "1"));
        Path other = mails(Map.of("file_list.json", "{}"));
        assertThatThrownBy(() -> importer.convert(other, directory)).isInstanceOf(DataException.class)
                .hasMessageContaining("holds no mails");
        Files.write(other, new byte[100]);
        assertThatThrownBy(() -> importer.convert(other, directory)).isInstanceOf(DataException.class)
                .hasMessageContaining("if the file is damaged, delete it");
    }
}
