package org.frugaltorch.finetune.instruction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.frugaltorch.finetune.data.JsonRows;
import org.frugaltorch.io.DataException;

/** Reads examples to follow instructions by, from JSON. */
public final class InstructionFiles {
    private static final String SOURCE = "data_source";

    private InstructionFiles() {}

    /**
     * Names of the JSON fields.
     *
     * @param instruction what to do
     * @param input what to do it with; may be missing, null or empty in any row
     * @param output the answer
     */
    public record Fields(String instruction, String input, String output) {
        /** As the Alpaca data and most after it name them. */
        public static final Fields USUAL = new Fields("instruction", "input", "output");
    }

    /**
     * Rows of files.
     *
     * @param examples those that were wanted
     * @param excluded how many were left out for where they come from
     */
    public record Rows(List<InstructionExample> examples, int excluded) {}

    /** Reads all rows; see {@link #read(Path, Fields, Set)}. */
    public static List<InstructionExample> read(Path path, Fields fields) {
        return read(path, fields, Set.of()).examples();
    }

    /**
     * Reads a {@code .jsonl} or {@code .json} file, or all those of a directory in the order of their names.
     *
     * @param excludedSources rows whose field {@code data_source} says one of these are left out
     * @throws DataException if there are none, or one is malformed or lacks a field
     */
    public static Rows read(Path path, Fields fields, Set<String> excludedSources) {
        List<InstructionExample> examples = new ArrayList<>();
        int[] excluded = new int[1];
        for (Path file : files(path)) {
            JsonRows.read(file, (line, object) -> {
                if (excludedSources.contains(object.path(SOURCE).asText(""))) {
                    excluded[0]++;
                } else {
                    examples.add(example(object, fields, file + ", line " + line));
                }
            });
        }
        if (examples.isEmpty()) {
            throw new DataException(path + " holds no examples"
                    + (excluded[0] > 0 ? " but " + excluded[0] + " of excluded sources" : ""));
        }
        return new Rows(examples, excluded[0]);
    }

    private static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(file -> Files.isRegularFile(file) && JsonRows.isNamedSo(file)).sorted().toList();
        } catch (IOException failure) {
            throw DataException.unreadable(path, failure);
        }
    }

    private static InstructionExample example(ObjectNode object, Fields fields, String where) {
        return new InstructionExample(
                required(object, fields.instruction(), where), text(object, fields.input(), where),
                required(object, fields.output(), where), where);
    }

    private static String required(ObjectNode object, String field, String where) {
        String text = text(object, field, where);
        if (text.isBlank()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            throw new DataException(where + ": the field '" + field + "' is missing or empty; the fields are "
                    + String.join(", ", names));
        }
        return text;
    }

    private static String text(ObjectNode object, String field, String where) {
        JsonNode value = object.path(field);
        if (!value.isTextual() && !value.isMissingNode() && !value.isNull()) {
            throw new DataException(where + ": the field '" + field + "' is not a text");
        }
        return value.asText("");
    }
}
