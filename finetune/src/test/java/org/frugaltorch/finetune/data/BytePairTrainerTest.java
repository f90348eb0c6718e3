package org.frugaltorch.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.frugaltorch.finetune.model.Golden;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Learning a vocabulary, against the tokenizers library of Hugging Face. */
class BytePairTrainerTest {
    @TempDir
    Path directory;
    private JsonNode golden;

    @BeforeEach
    void readGolden() throws IOException {
        golden = new JsonMapper().readTree(Golden.directory("bpe").resolve("expected.json").toFile());
    }

    private List<String> strings(String field) {
        List<String> strings = new ArrayList<>();
        golden.get(field).forEach(element -> strings.add(element.asText()));
        return strings;
    }

    @Test
    void learnsWhatTheLibraryLearns() {
        List<String> tokens = strings("tokens");
        BytePairVocabulary learnt = BytePairTrainer.learn(strings("texts"), tokens.size());
        assertThat(learnt.tokens()).isEqualTo(tokens);
        assertThat(learnt.merges().stream().map(merge -> merge.left() + " " + merge.right()).toList())
                .isEqualTo(strings("merges"));
    }

    @Test
    void textsGetTheLibrarysIdsAndComeBackExactly() {
        BytePairTrainer.learn(strings("texts"), strings("tokens").size()).write(directory);
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(strings("tokens").size());
            assertThat(tokenizer.opening()).containsExactly(1);
            assertThat(tokenizer.eosId()).hasValue(2);
            assertThat(tokenizer.padId()).isZero();
            List<String> samples = strings("samples");
            List<int[]> plain = tokenizer.encodePlain(samples);
            for (int i = 0; i < samples.size(); i++) {
                List<Integer> expected = new ArrayList<>();
                golden.get("ids").get(i).forEach(id -> expected.add(id.asInt()));
                assertThat(Arrays.stream(plain.get(i)).boxed().toList()).isEqualTo(expected);
                int[] ids = tokenizer.encode(samples.get(i), null, new MaxLength(1000, false)).ids();
                assertThat(ids).hasSize(expected.size() + 1).startsWith(1);
                assertThat(tokenizer.decode(ids, true)).isEqualTo(samples.get(i));
            }
        }
    }

    @Test
    void stopsWhenNothingIsLeftToMerge() {
        BytePairVocabulary learnt = BytePairTrainer.learn(List.of("ab ab", "cd"), 1000);
        assertThat(learnt.merges()).containsExactly(new BytePairVocabulary.Merge("a", "b"));
        assertThat(learnt.tokens()).hasSize(3 + 256 + 1);
        assertThatThrownBy(() -> BytePairTrainer.learn(List.of("x"), 258)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 259 tokens");
    }
}
