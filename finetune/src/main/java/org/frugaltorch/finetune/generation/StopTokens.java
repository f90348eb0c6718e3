package org.frugaltorch.finetune.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.text.JsonFile;
import org.frugaltorch.io.DataException;

/** Which tokens end a model's texts. */
public final class StopTokens {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String FIELD = "eos_token_id";

    private StopTokens() {}

    /**
     * The tokens that {@code generation_config.json}, or else {@code config.json}, lists: one, several or none.
     *
     * @throws DataException if the file is malformed
     */
    public static Set<Long> of(ModelDirectory directory) {
        Path file = directory.path().resolve("generation_config.json");
        JsonNode own = JsonFile.readIfThere(file).path(FIELD);
        JsonNode ends = own.isMissingNode() ? directory.json().path(FIELD) : own;
        Set<Long> tokens = new TreeSet<>();
        (ends.isArray() ? ends : JSON.createArrayNode().add(ends)).forEach(end -> {
            if (end.isIntegralNumber()) {
                tokens.add(end.longValue());
            }
        });
        return tokens;
    }
}
