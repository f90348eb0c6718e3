package org.frugaltorch.finetune.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads examples that are JSON objects. */
final class JsonReader {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonReader() {
    }

    /** One object a line; blank lines are skipped. */
    static void readLines(Path file, Examples.Builder examples) throws IOException {
        try (BufferedReader text = Utf8.open(file)) {
            long number = 1;
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                if (!line.isBlank()) {
                    examples.add(number, example(parse(line, number, examples), number, examples));
                }
                number++;
            }
        }
    }

    private static JsonNode parse(String line, long number, Examples.Builder examples) throws IOException {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException failure) {
            throw examples.at(number, "this is not valid JSON: " + failure.getOriginalMessage());
        }
    }

    /** One array of objects. */
    static void readArray(Path file, Examples.Builder examples) throws IOException {
        try (BufferedReader text = Utf8.open(file); JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw examples.bad("must hold an array of objects; for one object a line, name it .jsonl");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                long line = parser.currentTokenLocation().getLineNr();
                JsonNode object = JSON.readerFor(JsonNode.class)
                        .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).readValue(parser);
                examples.add(line, example(object, line, examples));
            }
            if (parser.nextToken() != null) {
                throw examples.at(parser.currentTokenLocation().getLineNr(), "the file goes on after the end of its array");
            }
        } catch (JsonProcessingException failure) {
            long line = failure.getLocation() == null ? 1 : failure.getLocation().getLineNr();
            throw examples.at(line, "this is not valid JSON: " + failure.getOriginalMessage());
        }
    }

    private static TextExample example(JsonNode object, long line, Examples.Builder examples) {
        if (!object.isObject()) {
            throw examples.at(line, "this is not a JSON object");
        }
        Examples.Columns columns = examples.columns();
        return new TextExample(text(object, columns.text(), line, examples), text(object, columns.pair(), line, examples),
                label(object, columns.label(), line, examples));
    }

    private static String text(JsonNode object, String field, long line, Examples.Builder examples) {
        if (field == null) {
            return null;
        }
        JsonNode value = require(object, field, line, examples);
        if (!value.isTextual()) {
            throw examples.at(line, "the field '" + field + "' is not a text");
        }
        return value.textValue();
    }

    /** Labels may be numbers or booleans too: their text is the name of the class. */
    private static String label(JsonNode object, String field, long line, Examples.Builder examples) {
        if (field == null) {
            return null;
        }
        JsonNode value = require(object, field, line, examples);
        if (value.isContainerNode()) {
            throw examples.at(line, "the field '" + field + "' is no single label");
        }
        return value.isNull() ? null : value.asText();
    }

    private static JsonNode require(JsonNode object, String field, long line, Examples.Builder examples) {
        JsonNode value = object.get(field);
        if (value == null) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            throw examples.at(line, "there is no field '" + field + "'; the fields are " + String.join(", ", names));
        }
        return value;
    }
}
