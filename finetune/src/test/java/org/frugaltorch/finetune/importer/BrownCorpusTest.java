package org.frugaltorch.finetune.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.frugaltorch.finetune.tagging.ConllColumns;
import org.frugaltorch.finetune.tagging.ConllFile;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrownCorpusTest {
    private static final BrownCorpus IMPORTER = new BrownCorpus(new NpmPackage("p", "1"));

    @TempDir
    private Path directory;

    private Path archive(Map<String, String> texts) throws IOException {
        Path archive = directory.resolve("brown.tgz");
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new GzipCompressorOutputStream(Files.newOutputStream(archive)))) {
            for (Map.Entry<String, String> text : texts.entrySet()) {
                byte[] content = text.getValue().getBytes(StandardCharsets.ISO_8859_1);
                TarArchiveEntry entry = new TarArchiveEntry("package/" + text.getKey());
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return archive;
    }

    @Test
    void writesWordsWithTheirTagsAndKeepsTextsTogether() throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < 300; i++) {
            texts.put(String.format("c%c%02d", 'a' + i / 50, i % 50),
                    "\n\n\tThe/at text" + i + "/nn-tl //in ./.\n\n\tHe's/pps+bez it/ppo\n");
        }
        texts.put("README", "no text/nn");
        texts.put("cats.txt", "ca01 news");
        String told = IMPORTER.convert(archive(texts), directory);
        List<ConllFile> parts = new ArrayList<>();
        for (String part : List.of("train", "eval", "test")) {
            Path file = directory.resolve(part + ".conll");
            parts.add(ConllFile.read(file, ConllColumns.USUAL));
            assertThat(told).contains(parts.getLast().sentences().size() + " in " + part + ".conll");
            assertThat(parts.getLast().sentences().size() % 2).as("both sentences of a text").isZero();
        }
        assertThat(parts.stream().mapToInt(part -> part.sentences().size()).sum()).isEqualTo(600);
        assertThat(parts.get(1).sentences().size()).isBetween(30, 100);
        assertThat(parts.get(2).sentences().size()).isBetween(30, 100);
        ConllFile train = parts.getFirst();
        assertThat(train.sentences().getFirst().labels()).containsExactly("DET", "NOUN", "ADP", "PUNCT");
        assertThat(train.sentences().get(1).words()).containsExactly("He's", "it");
        assertThat(train.sentences().get(1).labels()).containsExactly("PRON", "PRON");
        assertThat(Files.readAllLines(directory.resolve("train.conll")).getFirst()).startsWith("# newdoc id = c");
        ConllFile tags = ConllFile.read(directory.resolve("train.conll"), ConllColumns.parse(null, "2"));
        assertThat(tags.sentences().getFirst().labels()).containsExactly("at", "nn", "in", ".");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', quoteCharacter = '~', value = {
        "NN-TL nn NOUN", "np$-tl-hl np$ PROPN", "pp$ pp$ PRON", "pp$$ pp$$ PRON", "wp$ wp$ PRON", "vbd vbd VERB",
        "bedz* bedz* AUX", "do*-hl do* AUX", "* * PART", "*-hl * PART", "-- -- PUNCT", "---hl -- PUNCT", ",-nc , PUNCT",
        "'' '' PUNCT", "fw-in+at-t in+at X", "fw-nn nn X", "pps+bez pps+bez PRON", "ppss+ber-n ppss+ber PRON",
        "nil nil X", "cs cs SCONJ", "cd-tl cd NUM", "ap$ ap$ ADJ", "wrb+do wrb+do ADV", "uh uh INTJ", "to to PART",
        "md*-hl md* AUX"})
    void readsTags(String tag, String plain, String partOfSpeech) {
        assertThat(new BrownTag(tag).plain()).isEqualTo(plain);
        assertThat(new BrownTag(tag).partOfSpeech()).isEqualTo(partOfSpeech);
    }

    @Test
    void refusesWhatIsNoTaggedText() throws IOException {
        Path none = archive(Map.of("README", "x"));
        assertThatThrownBy(() -> IMPORTER.convert(none, directory)).isInstanceOf(DataException.class)
                .hasMessageContaining("holds no texts of the Brown corpus");
        for (String bad : List.of("word", "/nn", "word/")) {
            Path archive = archive(Map.of("ca01", "the/at " + bad));
            assertThatThrownBy(() -> IMPORTER.convert(archive, directory)).isInstanceOf(DataException.class)
                    .hasMessageContaining("(ca01): '" + bad + "' is no word with a tag behind a slash");
        }
    }
}
