package org.frugaltorch.finetune.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.DataException;

/** Files of JSON objects: read with the line that each begins on, or written. */
public final class JsonRows {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonRows() {
    }

    /** Takes one object. */
    @FunctionalInterface
    public interface Sink {
        /** @param line that the object begins on, from 1 */
        void add(long line, ObjectNode object);
    }

    /** Whether a file's name says that it holds JSON objects. */
    public static boolean isNamedSo(Path file) {
        return switch (extension(file)) {
            case "json", "jsonl", "ndjson" -> true;
            default -> false;
        };
    }

    /**
     * Reads a {@code .jsonl} file of one object a line, or a {@code .json} file of an array of objects, in UTF-8.
     *
     * @throws DataException if the file is missing, of another kind or malformed
     */
    public static void read(Path file, Sink sink) {
        if (!Files.isRegularFile(file)) {
            throw new DataException("there is no data file " + file);
        }
        if (!isNamedSo(file)) {
            throw new DataException(file + " is of no known kind; its name must end in .jsonl or .json");
        }
        try {
            readNamed(file, sink);
        } catch (CharacterCodingException notUtf8) {
            throw Utf8.reported(file);
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
    }

    /**
     * Writes a {@code .jsonl} file, an object a line, as UTF-8, atomically.
     *
     * @param rows values by field name
     * @throws DataException if the file cannot be written
     */
    public static void write(Path file, Iterable<? extends Map<String, ?>> rows) {
        AtomicFiles.write(file, out -> {
            Writer writer = new BufferedWriter(Channels.newWriter(out, StandardCharsets.UTF_8));
            for (Map<String, ?> row : rows) {
                writer.write(JSON.writeValueAsString(row));
                writer.write('\n');
            }
            writer.flush();
        });
    }

    static void readNamed(Path file, Sink sink) throws IOException {
        if (extension(file).equals("json")) {
            readArray(file, sink);
        } else {
            readLines(file, sink);
        }
    }

    private static String extension(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** One object a line; blank lines are skipped. */
    private static void readLines(Path file, Sink sink) throws IOException {
        try (BufferedReader text = Utf8.open(file)) {
            long number = 1;
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                if (!line.isBlank()) {
                    sink.add(number, object(parse(file, line, number), file, number));
                }
                number++;
            }
        }
    }

    private static JsonNode parse(Path file, String line, long number) throws IOException {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException failure) {
            throw at(file, number, "this is not valid JSON: " + failure.getOriginalMessage());
        }
    }

    /** One array of objects. */
    private static void readArray(Path file, Sink sink) throws IOException {
        ObjectReader elements = JSON.readerFor(JsonNode.class).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        try (BufferedReader text = Utf8.open(file); JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new DataException(
                        file + " must hold an array of objects; for one object a line, name it .jsonl");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                long line = parser.currentTokenLocation().getLineNr();
                sink.add(line, object(elements.readValue(parser), file, line));
            }
            if (parser.nextToken() != null) {
                throw at(file, parser.currentTokenLocation().getLineNr(),
                        "the file goes on after the end of its array");
            }
        } catch (JsonProcessingException failure) {
            long line = failure.getLocation() == null ? 1 : failure.getLocation().getLineNr();
            throw at(file, line, "this is not valid JSON: " + failure.getOriginalMessage());
        }
    }

    private static ObjectNode object(JsonNode node, Path file, long line) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw at(file, line, "this is not a JSON object");
    }

    private static DataException at(Path file, long line, String problem) {
        return new DataException(file + ", line " + line + ": " + problem);
    }
}
