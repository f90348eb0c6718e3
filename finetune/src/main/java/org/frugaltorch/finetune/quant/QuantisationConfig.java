package org.frugaltorch.finetune.quant;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.StreamSupport;
import org.frugaltorch.io.DataException;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;

/**
 * The {@code quantization_config} of a {@code config.json} whose model is stored in four bits, as Transformers writes
 * it for bitsandbytes.
 *
 * @param quantisation of the matrices
 * @param skippedModules which linear layers are not in four bits; the output heads when empty
 */
public record QuantisationConfig(Quantisation quantisation, Optional<List<String>> skippedModules) {
    /** The field of {@code config.json}. */
    public static final String FIELD = "quantization_config";

    private static final String METHOD = "bitsandbytes";

    /** @throws IllegalArgumentException when a name of a module is no regular expression */
    public QuantisationConfig {
        skippedModules = skippedModules.map(List::copyOf);
        skippedModules.ifPresent(modules -> modules.forEach(QuantisationConfig::pattern));
    }

    private static Pattern pattern(String module) {
        try {
            return Pattern.compile(module);
        } catch (PatternSyntaxException malformed) {
            throw new IllegalArgumentException("The module '" + module + "' to skip is no regular expression: "
                    + malformed.getDescription());
        }
    }

    /**
     * Whether the linear layer of that full name is not in four bits. By the rule of Transformers, a module of the list
     * stands for all layers whose name ends with it, or begins with it as a regular expression.
     */
    public boolean skips(String layer) {
        return skippedModules
                .map(modules -> modules.stream().anyMatch(module -> matches(module, layer)))
                .orElseGet(() -> OutputHeads.contains(layer));
    }

    /** Whether a module of such a list means that layer. */
    public static boolean matches(String module, String layer) {
        return layer.endsWith(module) || pattern(module).matcher(layer).lookingAt();
    }

    // ---- as JSON ----------------------------------------------------------------------------------------------------

    /**
     * Reads the field of a configuration; empty when the model is not quantised.
     *
     * @param config the whole of {@code config.json}
     * @param file it was read from, for messages
     * @throws DataException when it is of another method, or not usable
     */
    public static Optional<QuantisationConfig> of(JsonNode config, Path file) {
        JsonNode json = config.path(FIELD);
        if (json.isMissingNode() || json.isNull()) {
            return Optional.empty();
        }
        String where = file + ": " + FIELD;
        String method = json.path("quant_method").asText(METHOD); // older files name none
        if (!method.equals(METHOD)) {
            throw new DataException(where + " is of the method '" + method + "', which is not supported;"
                    + " supported are four bits of bitsandbytes, so load the model it was quantised from");
        }
        if (!json.path("load_in_4bit").asBoolean()) {
            throw new DataException(where + " does not say load_in_4bit, and only four bits are supported;"
                    + " load the model it was quantised from");
        }
        try {
            Quantisation quantisation = new Quantisation(
                    FourBitFormat.named(json.path("bnb_4bit_quant_type").asText("fp4")),
                    json.path("bnb_4bit_use_double_quant").asBoolean(false),
                    type(json.path("bnb_4bit_compute_dtype").asText("float32")));
            return Optional.of(new QuantisationConfig(quantisation, texts(json.path("llm_int8_skip_modules"))));
        } catch (IllegalArgumentException unusable) {
            throw new DataException(where + " is not usable: " + unusable.getMessage(), unusable);
        }
    }

    private static DType type(String name) {
        return Arrays.stream(DType.values()).filter(t -> t.torchName().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "bnb_4bit_compute_dtype is the unknown type '" + name + "'"));
    }

    private static Optional<List<String>> texts(JsonNode array) {
        return array.isArray()
                ? Optional.of(StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList())
                : Optional.empty();
    }

    /** All fields that Transformers writes, in its order. */
    public ObjectNode toJson() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("_load_in_4bit", true);
        json.put("_load_in_8bit", false);
        json.put("bnb_4bit_compute_dtype", quantisation.computeType().torchName());
        json.put("bnb_4bit_quant_storage", DType.UINT8.torchName());
        json.put("bnb_4bit_quant_type", quantisation.format().checkpointName());
        json.put("bnb_4bit_use_double_quant", quantisation.doubleQuantisation());
        json.put("llm_int8_enable_fp32_cpu_offload", false);
        json.put("llm_int8_has_fp16_weight", false);
        if (skippedModules.isPresent()) {
            skippedModules.get().forEach(json.putArray("llm_int8_skip_modules")::add);
        } else {
            json.putNull("llm_int8_skip_modules");
        }
        json.put("llm_int8_threshold", 6.0);
        json.put("load_in_4bit", true);
        json.put("load_in_8bit", false);
        json.put("quant_method", METHOD);
        return json;
    }

    // ---- of a model in memory ---------------------------------------------------------------------------------------

    /**
     * What a model's linear layers are; empty when none is in four bits.
     *
     * @throws IllegalStateException when adapters lie on matrices in four bits
     */
    public static Optional<QuantisationConfig> of(Parameters model) {
        List<String> dense = new ArrayList<>();
        Quantisation quantisation = null;
        for (var layer : model.linears().entrySet()) {
            LinearWeight weight = layer.getValue().weight();
            if (weight instanceof FourBitWeight fourBits) {
                quantisation = new Quantisation(fourBits.matrix().format(),
                        fourBits.matrix().scales() instanceof BlockScales.Nested, fourBits.computeType());
            } else if (model.has(layer.getKey() + ".weight" + StoredQuantisation.MAP)) {
                throw new IllegalStateException("The matrix of " + layer.getKey() + " is in four bits below an adapter:"
                        + " save the adapter by itself, or merge it first");
            } else {
                dense.add(layer.getKey());
            }
        }
        // What Transformers leaves out by itself goes without saying only for decoders.
        boolean usual = dense.isEmpty() || dense.equals(List.of("lm_head"));
        return Optional.ofNullable(quantisation)
                .map(found -> new QuantisationConfig(found, usual ? Optional.empty() : Optional.of(dense)));
    }

    @Override
    public String toString() {
        return quantisation.format().checkpointName().toUpperCase(Locale.ROOT)
                + (quantisation.doubleQuantisation() ? " with double quantisation" : "")
                + ", computed in " + quantisation.computeType().torchName();
    }
}
