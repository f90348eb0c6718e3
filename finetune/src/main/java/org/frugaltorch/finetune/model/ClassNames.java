package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.DataException;

/** The names of a classifier's classes in its {@code config.json}. */
final class ClassNames {
    private static final String NAMES = "id2label";

    private ClassNames() {}

    /**
     * Reads them in order; empty when the configuration lists none.
     *
     * @param file of the configuration, for messages
     */
    static List<String> of(JsonNode config, Path file) {
        Map<Integer, String> byIndex = new TreeMap<>();
        config.path(NAMES).properties().forEach(entry ->
                byIndex.put(index(entry.getKey(), file), entry.getValue().asText()));
        return List.copyOf(byIndex.values());
    }

    private static int index(String key, Path file) {
        try {
            return Integer.parseInt(key);
        } catch (NumberFormatException notANumber) {
            throw new DataException(
                    file + ": " + NAMES + " names the class '" + key + "', which is no whole number", notANumber);
        }
    }

    /** The names that Transformers makes up. */
    static List<String> madeUp(int classes) {
        return IntStream.range(0, classes).mapToObj(i -> "LABEL_" + i).toList();
    }

    /**
     * Those of a classifier with weights. Transformers leaves out the names that it made up itself for two classes; then
     * the head says how many there are.
     */
    static List<String> saved(ModelDirectory directory, ClassifierHead head) {
        List<String> named = directory.labels();
        if (!named.isEmpty()) {
            return named;
        }
        try (Checkpoint checkpoint = Checkpoint.open(directory.path())) {
            String weight = head.output() + ".weight";
            return checkpoint.names().contains(weight) ? madeUp(Math.toIntExact(checkpoint.entry(weight).shape()[0])) : List.of();
        }
    }

    /** Writes them; a single one is that of a number. */
    static void put(List<String> labels, ObjectNode config) {
        if (labels.size() == 1) {
            config.put("problem_type", "regression");
        }
        ObjectNode names = config.putObject(NAMES);
        ObjectNode numbers = config.putObject("label2id");
        for (int i = 0; i < labels.size(); i++) {
            names.put(Integer.toString(i), labels.get(i));
            numbers.put(labels.get(i), i);
        }
    }
}
