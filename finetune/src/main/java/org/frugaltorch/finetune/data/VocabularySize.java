package org.frugaltorch.finetune.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.frugaltorch.finetune.text.JsonFile;

/** How many ids a {@code tokenizer.json} gives out. */
final class VocabularySize {
    private VocabularySize() {}

    /** One more than the largest id; the vocabulary is an object of ids, or an array in the order of ids. */
    static int of(Path source, byte[] json) {
        JsonNode root = JsonFile.parse(json, source.toString());
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
