package org.frugaltorch.finetune.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFileTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("config.json");
    }

    @Test
    void readsAValue() throws IOException {
        Files.writeString(file, "[1, \"ü\"]\n");
        assertThat(JsonFile.read(file).path(1).asText()).isEqualTo("ü");
        Files.writeString(file, "{\"a\": 2}");
        assertThat(JsonFile.readObject(file).path("a").intValue()).isEqualTo(2);
        assertThat(JsonFile.readIfThere(file).path("a").intValue()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "{", "{\"a\": 1", "{} {}", "{\"a\": }", "nothing"})
    void refusesWhatIsNoJsonFromItsFirstToItsLastCharacter(String torn) throws IOException {
        Files.writeString(file, torn);
        assertThatThrownBy(() -> JsonFile.read(file)).isInstanceOf(DataException.class)
                .hasMessageStartingWith(file + " is no valid JSON: ")
                .hasMessageNotContainingAny("\n", "Source:", "byte[]");
        assertThatThrownBy(() -> JsonFile.readIfThere(file)).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> JsonFile.parse(torn.getBytes(StandardCharsets.UTF_8), "The state"))
                .isInstanceOf(DataException.class).hasMessageStartingWith("The state is no valid JSON: ");
    }

    @Test
    void saysInWhichLineItEnds() throws IOException {
        Files.writeString(file, "{\n  \"a\": [1,");
        assertThatThrownBy(() -> JsonFile.read(file)).hasMessageContaining("(line 2, column ");
    }

    @Test
    void refusesHostileDepth() throws IOException {
        Files.writeString(file, "[".repeat(100_000));
        assertThatThrownBy(() -> JsonFile.read(file)).isInstanceOf(DataException.class);
    }

    @Test
    void saysWhenAFileIsMissing() {
        assertThat(JsonFile.readIfThere(file).isObject()).isTrue();
        assertThat(JsonFile.readIfThere(file)).isEmpty();
        assertThatThrownBy(() -> JsonFile.read(file)).isInstanceOf(DataException.class)
                .hasMessage("cannot read " + file + ": " + file + " does not exist");
    }

    @Test
    void refusesAnotherKindOfValueWhereAnObjectIsNeeded() throws IOException {
        Files.writeString(file, "[]");
        assertThatThrownBy(() -> JsonFile.readObject(file)).isInstanceOf(DataException.class)
                .hasMessage(file + " is no JSON object");
    }
}
