package org.frugaltorch.finetune.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopTokensTest {
    @TempDir
    Path directory;

    @Test
    void generationSettingsComeBeforeTheModels() throws IOException {
        Files.copy(Golden.directory("llama").resolve("config.json"), directory.resolve("config.json"));
        ModelDirectory model = ModelDirectory.open(directory);
        assertThat(StopTokens.of(model)).containsExactly(2L);
        Path file = directory.resolve("generation_config.json");
        Files.writeString(file, "{\"eos_token_id\": [128001, 128009]}");
        assertThat(StopTokens.of(model)).containsExactly(128001L, 128009L);
        Files.writeString(file, "{\"temperature\": 0.6}");
        assertThat(StopTokens.of(model)).containsExactly(2L);
        Files.writeString(file, "{");
        assertThatThrownBy(() -> StopTokens.of(model)).isInstanceOf(DataException.class)
                .hasMessageContaining("generation_config.json is no valid JSON");
    }
}
