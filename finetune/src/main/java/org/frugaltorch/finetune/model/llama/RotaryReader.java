package org.frugaltorch.finetune.model.llama;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.model.ConfigReader;
import org.frugaltorch.finetune.model.RotaryEmbedding;
import org.frugaltorch.finetune.model.RotaryScaling;
import org.frugaltorch.io.DataException;

/**
 * Reads what a configuration says of rotary embeddings: {@code rope_parameters} as Transformers 5 writes it, or
 * {@code rope_theta} with {@code rope_scaling} as published checkpoints carry it.
 */
final class RotaryReader {
    private static final double USUAL_THETA = 10_000;
    private static final String FACTOR = "factor";
    private static final String ORIGINAL_LENGTH = "original_max_position_embeddings";

    private final ConfigReader scaling;
    private final double theta;
    private final int maxPositions;
    private final List<String> problems = new ArrayList<>();

    private RotaryReader(ConfigReader scaling, double theta, int maxPositions) {
        this.scaling = scaling;
        this.theta = theta;
        this.maxPositions = maxPositions;
    }

    static RotaryEmbedding read(ConfigReader config, int headSize, int maxPositions) {
        if (headSize < 4 || headSize % 2 != 0) {
            throw new DataException("config.json: a head of " + headSize
                    + " numbers cannot be turned by position; it needs an even number of at least 4");
        }
        JsonNode unified = config.json().path("rope_parameters");
        JsonNode section = unified.isObject() ? unified : config.json().path("rope_scaling");
        ConfigReader scaling = new ConfigReader(section);
        double theta = scaling.number("rope_theta", config.number("rope_theta", USUAL_THETA));
        double partial = scaling.number("partial_rotary_factor", config.number("partial_rotary_factor", 1));
        RotaryReader reader = new RotaryReader(scaling, theta, maxPositions);
        reader.require(theta > 0, "rope_theta must be above 0, not " + theta);
        reader.require(partial == 1, "partial_rotary_factor " + partial + " is not supported, only 1");
        RotaryScaling read = reader.scaling();
        reader.finish();
        return new RotaryEmbedding(headSize, theta, read);
    }

    private RotaryScaling scaling() {
        String type = scaling.text("rope_type", scaling.text("type", "default"));
        return switch (type) {
            case "default" -> new RotaryScaling.None();
            case "linear" -> new RotaryScaling.Linear(factor());
            case "dynamic" -> new RotaryScaling.Dynamic(factor(), maxPositions);
            case "llama3" -> llama3();
            case "yarn" -> yarn();
            default -> {
                problems.add("the rope_type '" + type
                        + "' is not supported; supported are default, linear, dynamic, llama3, yarn");
                yield new RotaryScaling.None();
            }
        };
    }

    private RotaryScaling llama3() {
        double low = required("low_freq_factor");
        double high = required("high_freq_factor");
        require(low > 0 && high > low, "high_freq_factor must be above low_freq_factor, and that above 0");
        return new RotaryScaling.Llama3(factor(), low, high, originalLength());
    }

    private RotaryScaling yarn() {
        int originalLength = originalLength();
        double factor = scaling.number(FACTOR, (double) maxPositions / originalLength);
        require(factor >= 1, "the factor of yarn must be at least 1, not " + factor);
        double fast = scaling.number("beta_fast", 32);
        double slow = scaling.number("beta_slow", 1);
        require(slow > 0 && fast > slow, "beta_fast must be above beta_slow, and that above 0");
        return new RotaryScaling.Yarn(
                factor, fast, slow, originalLength, scaling.flag("truncate", true), attentionFactor(factor));
    }

    private double attentionFactor(double factor) {
        double weight = scaling.number("mscale", 0);
        double weightOfAll = scaling.number("mscale_all_dim", 0);
        double usual = weight != 0 && weightOfAll != 0
                ? RotaryScaling.Yarn.attentionFactor(factor, weight)
                        / RotaryScaling.Yarn.attentionFactor(factor, weightOfAll)
                : RotaryScaling.Yarn.attentionFactor(factor, 1);
        return scaling.number("attention_factor", usual);
    }

    private int originalLength() {
        int length = scaling.integer(ORIGINAL_LENGTH, maxPositions);
        require(length > 0, ORIGINAL_LENGTH + " must be above 0, not " + length);
        return length;
    }

    private double factor() {
        double factor = required(FACTOR);
        require(factor >= 1, "the factor must be at least 1, not " + factor);
        return factor;
    }

    private double required(String field) {
        double value = scaling.number(field, Double.NaN);
        require(!Double.isNaN(value), "there is no " + field);
        return value;
    }

    private void require(boolean holds, String problem) {
        if (!holds) {
            problems.add(problem);
        }
    }

    private void finish() {
        if (!problems.isEmpty()) {
            throw new DataException("config.json, rotary position embeddings: " + String.join("; ", problems));
        }
    }
}
