package org.frugaltorch.finetune.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.frugaltorch.finetune.text.JsonFile;
import org.frugaltorch.io.DataException;

/** The tokens of a tokenizer that stand for no text: their ids, and the parts some of them play. */
final class SpecialTokens {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String CONFIG = "tokenizer_config.json";

    private final Map<String, Integer> ids = new HashMap<>();
    private final Set<Integer> special = new HashSet<>();
    private JsonNode config;

    private SpecialTokens() {
    }

    /**
     * Reads the added tokens of a {@code tokenizer.json}, skipping its vocabulary, and the parts that
     * {@code tokenizer_config.json} gives them, if there is one.
     */
    static SpecialTokens read(Path source, byte[] tokenizerJson, Path directory) {
        SpecialTokens tokens = new SpecialTokens();
        try (JsonParser parser = JSON.createParser(tokenizerJson)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new DataException(source + " is not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                if (field.equals("added_tokens")) {
                    tokens.add(parser.<JsonNode>readValueAsTree());
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException failure) {
            throw new DataException(source + " is no valid JSON: " + failure.getMessage(), failure);
        }
        tokens.config = readConfig(directory);
        return tokens;
    }

    private void add(JsonNode added) {
        for (JsonNode token : added) {
            int id = token.path("id").asInt(-1);
            ids.put(token.path("content").asText(), id);
            if (token.path("special").asBoolean()) {
                special.add(id);
            }
        }
    }

    private static JsonNode readConfig(Path directory) {
        return JsonFile.readIfThere(directory.resolve(CONFIG));
    }

    /** Whether the configuration asks for lower case, as BERT does unless told otherwise. */
    static boolean lowercase(Path directory) {
        return readConfig(directory).path("do_lower_case").asBoolean(true);
    }

    OptionalInt idOf(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    boolean isSpecial(int id) {
        return special.contains(id);
    }

    int padId() {
        return inPart("pad_token", List.of("[PAD]", "<pad>")).orElse(0);
    }

    OptionalInt eosId() {
        return inPart("eos_token", List.of("</s>", "<|endoftext|>", "<|end_of_text|>"));
    }

    OptionalInt unknownId() {
        return inPart("unk_token", List.of("[UNK]", "<unk>"));
    }

    OptionalInt maskId() {
        return inPart("mask_token", List.of("[MASK]", "<mask>"));
    }

    /** The token the configuration names, as a text or an object with its content, else one of the usual names. */
    private OptionalInt inPart(String part, List<String> usual) {
        JsonNode named = config.path(part);
        String name = named.isObject() ? named.path("content").asText() : named.asText();
        return Stream.concat(Stream.of(name), usual.stream()).map(this::idOf)
                .filter(OptionalInt::isPresent).findFirst().orElse(OptionalInt.empty());
    }
}
