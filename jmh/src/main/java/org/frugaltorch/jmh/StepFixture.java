package org.frugaltorch.jmh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.SafetensorsFile;

/**
 * A training step that every library takes: the same weights, the same batch, the same AdamW, and the losses of the
 * first steps. This class needs no libtorch, so it can be read where another library has brought its own.
 *
 * @param directory holds {@code model/} in Hugging Face's layout, {@code batch.safetensors} and {@code expected.json}
 * @param config the model's {@code config.json}
 * @param rows B, sequences
 * @param width T, tokens of each, none of them padding
 * @param learningRate of AdamW without weight decay
 * @param losses of the first steps
 */
public record StepFixture(Path directory, JsonNode config, int rows, int width, double learningRate, double[] losses) {
    /** Relative difference that rounding may make to the first loss. */
    private static final double FIRST_TOLERANCE = 1e-4;
    /** The same for later ones: Adam makes much of small differences between gradients. */
    private static final double LATER_TOLERANCE = 2e-3;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Places in the folder. */
    static final String MODEL = "model";
    static final String BATCH = "batch.safetensors";
    static final String EXPECTED = "expected.json";

    /**
     * Reads a fixture.
     *
     * @throws DataException when something is missing
     */
    static StepFixture open(Path directory) {
        JsonNode expected = read(directory.resolve(EXPECTED));
        double[] losses = MAPPER.convertValue(expected.path("losses"), double[].class);
        return new StepFixture(directory, read(directory.resolve(MODEL).resolve("config.json")),
                expected.path("batch").asInt(), expected.path("sequence").asInt(),
                expected.path("learningRate").asDouble(), losses);
    }

    private static JsonNode read(Path file) {
        try {
            return MAPPER.readTree(Files.readString(file));
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
    }

    /** Whether the model continues text rather than classifies it. */
    boolean causal() {
        return config.path("model_type").asText().equals("llama");
    }

    int number(String field) {
        return config.path(field).asInt();
    }

    /** The weights, float32; to be closed by the caller. */
    SafetensorsFile weights() {
        return SafetensorsFile.open(directory.resolve(MODEL).resolve("model.safetensors"));
    }

    /** Tokens, row by row [B * T]. */
    long[] tokens() {
        return batch("input_ids");
    }

    /** The class of each sequence [B], or of each token the token itself [B * T]. */
    long[] labels() {
        return batch("labels");
    }

    private long[] batch(String name) {
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve(BATCH))) {
            return file.entry(name).data().toArray(ValueLayout.JAVA_LONG);
        }
    }

    /**
     * Compares the losses of the first steps, of as many as there are.
     *
     * @param leniency how many times more than in float32 rounding may explain
     * @throws IllegalStateException when they differ by more than that
     */
    void check(double leniency, double... actual) {
        for (int i = 0; i < actual.length; i++) {
            double tolerance = leniency * (i == 0 ? FIRST_TOLERANCE : LATER_TOLERANCE);
            if (!(Math.abs(actual[i] - losses[i]) <= tolerance * Math.abs(losses[i]))) {
                throw new IllegalStateException(
                        "The losses of the first steps differ, so the times cannot be compared: expected "
                        + Arrays.toString(losses) + ", got " + Arrays.toString(actual));
            }
        }
    }
}
