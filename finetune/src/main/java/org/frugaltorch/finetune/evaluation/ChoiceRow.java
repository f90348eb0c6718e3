package org.frugaltorch.finetune.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.io.DataException;

/** An object of a file of questions; what it lacks is told with its line. */
record ChoiceRow(ObjectNode json, String where) {

    DataException bad(String problem) {
        return new DataException(where + ": " + problem);
    }

    /** The field of that name, or of a path of names with dots between. */
    JsonNode field(String path) {
        JsonNode node = json;
        for (String name : path.split("\\.")) {
            node = node.path(name);
        }
        if (node.isMissingNode() || node.isNull()) {
            List<String> names = new ArrayList<>();
            json.fieldNames().forEachRemaining(names::add);
            throw bad("the field '" + path + "' is missing; the fields are " + String.join(", ", names));
        }
        return node;
    }

    boolean has(String name) {
        return json.hasNonNull(name);
    }

    String text(String path) {
        JsonNode node = field(path);
        if (!node.isTextual()) {
            throw bad("the field '" + path + "' is not a text");
        }
        return node.textValue();
    }

    /** A text, a number or the text of a number. */
    String word(String path) {
        JsonNode node = field(path);
        if (!node.isValueNode()) {
            throw bad("the field '" + path + "' is neither a text nor a number");
        }
        return node.asText().strip();
    }

    List<String> texts(String path) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : array(path)) {
            if (!element.isTextual()) {
                throw bad("the field '" + path + "' holds something else than texts");
            }
            texts.add(element.textValue());
        }
        return texts;
    }

    JsonNode array(String path) {
        JsonNode node = field(path);
        if (!node.isArray()) {
            throw bad("the field '" + path + "' is not an array");
        }
        return node;
    }

    /** Where {@code wanted} is among {@code known}. */
    int indexOf(String path, String wanted, List<String> known) {
        int index = known.indexOf(wanted);
        if (index < 0) {
            throw bad("the field '" + path + "' is '" + wanted + "', which is none of " + String.join(", ", known));
        }
        return index;
    }
}
