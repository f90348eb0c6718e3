package org.frugaltorch.finetune.instruction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.frugaltorch.finetune.data.JsonRows;
import org.frugaltorch.io.DataException;

/** Reads examples to follow instructions by, from JSON. */
public final class InstructionFiles {
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
     * Reads a {@code .jsonl} or {@code .json} file, or all those of a directory in the order of their names.
     *
     * @throws DataException if there are none, or one is malformed or lacks a field
     */
    public static List<InstructionExample> read(Path path, Fields fields) {
        List<InstructionExample> examples = new ArrayList<>();
        for (Path file : files(path)) {
            JsonRows.read(file, (line, object) -> examples.add(example(object, fields, file + ", line " + line)));
        }
        if (examples.isEmpty()) {
            throw new DataException(path + " holds no examples");
        }
        return examples;
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
        return new InstructionExample(required(object, fields.instruction(), where), text(object, fields.input(), where),
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
