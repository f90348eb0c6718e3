package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.JsonNode;
import org.frugaltorch.io.DataException;

/** Typed reading of a {@code config.json}, with one sentence for what does not fit. */
public record ConfigReader(JsonNode json) {

    /** A required whole number. */
    public int integer(String field) {
        if (!json.has(field)) {
            throw new DataException("config.json has no " + field);
        }
        return integer(field, 0);
    }

    /** A whole number, or {@code byDefault} when the field is missing or null. */
    public int integer(String field, int byDefault) {
        JsonNode node = json.get(field);
        if (node == null || node.isNull()) {
            return byDefault;
        }
        if (!node.canConvertToInt() || !node.isIntegralNumber()) {
            throw new DataException("config.json: " + field + " must be a whole number, not " + node);
        }
        return node.intValue();
    }

    /** A number, or {@code byDefault} when the field is missing or null. */
    public double number(String field, double byDefault) {
        JsonNode node = json.get(field);
        if (node == null || node.isNull()) {
            return byDefault;
        }
        if (!node.isNumber()) {
            throw new DataException("config.json: " + field + " must be a number, not " + node);
        }
        return node.doubleValue();
    }

    /** A text, or {@code byDefault} when the field is missing or null. */
    public String text(String field, String byDefault) {
        JsonNode node = json.get(field);
        return node == null || node.isNull() ? byDefault : node.asText();
    }

    /** Yes or no, or {@code byDefault} when the field is missing or null. */
    public boolean flag(String field, boolean byDefault) {
        JsonNode node = json.get(field);
        if (node == null || node.isNull()) {
            return byDefault;
        }
        if (!node.isBoolean()) {
            throw new DataException("config.json: " + field + " must be true or false, not " + node);
        }
        return node.booleanValue();
    }

    /** Refuses a setting that changes the computation in a way that is not implemented. */
    public void refuseUnless(String field, String supported) {
        String value = text(field, supported);
        if (!value.equals(supported)) {
            throw new DataException("config.json: " + field + " '" + value + "' is not supported, only '" + supported + "'");
        }
    }

    /** Refuses a number that changes the computation in a way that is not implemented. */
    public void refuseUnlessZero(String field) {
        double value = number(field, 0);
        if (value != 0) {
            throw new DataException("config.json: " + field + " " + value + " is not supported, only 0");
        }
    }

    /** Refuses sizes that do not divide. */
    public void requireMultiple(String field, int value, String ofField, int of) {
        if (of < 1 || value % of != 0) {
            throw new DataException("config.json: " + field + " " + value + " is no multiple of " + ofField + " " + of);
        }
    }
}
