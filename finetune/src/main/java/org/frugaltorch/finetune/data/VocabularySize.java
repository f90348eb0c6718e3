package org.frugaltorch.finetune.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.frugaltorch.io.DataException;

/** How many ids a {@code tokenizer.json} gives out. */
final class VocabularySize {
    private static final JsonMapper JSON = new JsonMapper();

    private VocabularySize() {}

    /** One more than the largest id; the vocabulary is an object of ids, or an array in the order of ids. */
    static int of(Path source, byte[] json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (IOException failure) {
            throw new DataException(source + " is not valid JSON: " + failure.getMessage(), failure);
        }
        JsonNode vocabulary = root.path("model").path("vocab");
        int size = vocabulary.isArray() ? vocabulary.size() : 0;
        if (vocabulary.isObject()) {
            for (JsonNode id : vocabulary) {
                size = Math.max(size, id.asInt() + 1);
            }
        }
        for (JsonNode added : root.path("added_tokens")) {
            size = Math.max(size, added.path("id").asInt() + 1);
        }
        return size;
    }
}
