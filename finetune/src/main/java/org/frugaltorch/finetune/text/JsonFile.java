package org.frugaltorch.finetune.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.frugaltorch.io.DataException;

/** Reads configurations: small files that each hold one JSON value. What is wrong with one is said in one sentence. */
public final class JsonFile {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private JsonFile() {}

    /**
     * The value a file holds.
     *
     * @throws DataException when the file cannot be read, or is no JSON from its first to its last character
     */
    public static JsonNode read(Path file) {
        try {
            return parse(Files.readAllBytes(file), file.toString());
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
    }

    /**
     * The object a file holds.
     *
     * @throws DataException as {@link #read}, and when it holds a value of another kind
     */
    public static ObjectNode readObject(Path file) {
        return object(read(file), file.toString());
    }

    private static ObjectNode object(JsonNode value, String what) {
        if (value instanceof ObjectNode object) {
            return object;
        }
        throw new DataException(what + " is no JSON object");
    }

    /**
     * The value of a file that may be missing; then an empty object.
     *
     * @throws DataException as {@link #read}, when the file is there
     */
    public static JsonNode readIfThere(Path file) {
        return Files.exists(file) ? read(file) : JSON.createObjectNode();
    }

    /**
     * The value in a text.
     *
     * @param json UTF-8, -16 or -32
     * @param what names the text where something is wrong with it
     * @throws DataException when it is no JSON from its first to its last character
     */
    public static JsonNode parse(byte[] json, String what) {
        try {
            JsonNode value = JSON.readTree(json);
            if (value.isMissingNode()) {
                throw new DataException(what + " is no valid JSON: it is empty");
            }
            return value;
        } catch (JsonProcessingException malformed) {
            throw new DataException(what + " is no valid JSON: " + reason(malformed), malformed);
        } catch (IOException failure) {
            throw new DataException(what + " cannot be read: " + failure.getMessage(), failure);
        }
    }

    /**
     * The object in a text.
     *
     * @param json UTF-8, -16 or -32
     * @param what names the text where something is wrong with it
     * @throws DataException as {@link #parse}, and when it is a value of another kind
     */
    public static ObjectNode parseObject(byte[] json, String what) {
        return object(parse(json, what), what);
    }

    /** What is wrong, and in which line: the parser's own words name its source, which means nothing to a user. */
    private static String reason(JsonProcessingException malformed) {
        String said = malformed.getOriginalMessage().replaceAll("(?s)\\s*\\(start marker at .*", "");
        return malformed.getLocation() == null ? said
                : said + " (line " + malformed.getLocation().getLineNr()
                        + ", column " + malformed.getLocation().getColumnNr() + ")";
    }
}
