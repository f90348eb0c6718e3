package org.frugaltorch.finetune.importer;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.frugaltorch.io.DataException;

/**
 * A value of the language R.
 *
 * @param content {@code String[]}, {@code int[]} (also of logical values), {@code double[]}, {@code byte[]}, {@code RValue[]} of a
 *     list; null for whatever holds no data
 * @param attributes such as {@code names} and {@code levels}
 */
record RValue(Object content, Map<String, RValue> attributes) {
    static final RValue NULL = new RValue(null, Map.of());

    /** The texts of a vector of strings or of a factor. */
    List<String> texts() {
        if (content instanceof String[] strings) {
            return Arrays.asList(strings);
        }
        if (content instanceof int[] codes && attributes.get("levels") != null) {
            List<String> levels = attributes.get("levels").texts();
            return Arrays.stream(codes).mapToObj(code -> levels.get(code - 1)).toList();
        }
        throw new DataException("a value of R was to be text but is not");
    }

    /** An element of a list by its name, such as a column of a table. */
    RValue get(String name) {
        List<String> names = attributes.getOrDefault("names", NULL).content instanceof String[] known ? List.of(known) : List.of();
        int index = names.indexOf(name);
        if (index < 0 || !(content instanceof RValue[] elements)) {
            throw new DataException("a list of R lacks the element '" + name + "'; it has " + names);
        }
        return elements[index];
    }
}
