package org.frugaltorch.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Byte-level pair encoding from older files against Transformers. */
class ByteLevelTokenizerTest {
    private static final MaxLength LIMIT = new MaxLength(100, true);

    @ParameterizedTest
    @ValueSource(strings = {"roberta", "bart", "opt"})
    void equalsTransformers(String family) throws IOException {
        Path directory = Golden.directory("tokenizer-" + family);
        JsonNode cases = new ObjectMapper().readTree(directory.resolve("expected.json").toFile());
        assertThat(cases.size()).isGreaterThan(10);
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            for (JsonNode each : cases) {
                String pair = each.path("pair").isNull() ? null : each.path("pair").asText();
                Encoding encoding = tokenizer.encode(each.path("text").asText(), pair, LIMIT);
                int[] expected = new int[each.path("ids").size()];
                for (int i = 0; i < expected.length; i++) {
                    expected[i] = each.path("ids").path(i).intValue();
                }
                assertThat(encoding.ids()).as(each.toString()).isEqualTo(expected);
                assertThat(encoding.typeIds()).containsOnly(0);
            }
            assertThat(tokenizer.padId()).isEqualTo(1);
            assertThat(tokenizer.eosId()).hasValue(2);
            Encoding text = tokenizer.encode("naïve café", null, LIMIT);
            assertThat(tokenizer.decode(text.ids(), true)).isEqualTo("naïve café");
        }
    }

    @ParameterizedTest
    @CsvSource({"vocab.json, '{\"a\": 1.5}', has the number 1.5", "vocab.json, '{}', holds no tokens",
            "vocab.json, '{\"a\": 1}', lacks the token </s>", "vocab.json, '{', is no valid JSON",
            "merges.txt, 'a b c', 'line 1: a merge is two tokens'"})
    void damagedFilesAreNamed(String file, String content, String problem, @TempDir Path directory) throws IOException {
        for (String name : new String[] {"config.json", "vocab.json", "merges.txt"}) {
            Files.copy(Golden.directory("tokenizer-roberta").resolve(name), directory.resolve(name));
        }
        Files.writeString(directory.resolve(file), content);
        assertThatThrownBy(() -> Tokenizer.open(directory)).isInstanceOf(DataException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aDirectoryWithoutTokenizerSaysWhatIsExpected(@TempDir Path directory) {
        assertThatThrownBy(() -> Tokenizer.open(directory)).isInstanceOf(DataException.class)
                .hasMessageContaining("vocab.json with merges.txt");
    }
}
