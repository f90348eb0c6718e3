package org.frugaltorch.finetune.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads examples that are JSON objects. */
final class JsonReader {
    private JsonReader() {
    }

    static void read(Path file, Examples.Builder examples) throws IOException {
        JsonRows.readNamed(file, (line, object) -> examples.add(line, example(object, line, examples)));
    }

    private static TextExample example(ObjectNode object, long line, Examples.Builder examples) {
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
