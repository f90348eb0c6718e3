package org.frugaltorch.finetune.lora;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.frugaltorch.finetune.quant.OutputHeads;
import org.frugaltorch.io.DataException;

/** {@code adapter_config.json} as PEFT reads and writes it. */
final class PeftConfig {
    private static final String VERSION = "0.21.0";

    /** Fields that we read. */
    private static final Set<String> READ = Set.of("peft_type", "r", "lora_alpha", "lora_dropout", "target_modules",
            "use_rslora", "bias", "modules_to_save", "init_lora_weights");

    /** Fields that do not change what a stored adapter computes. */
    private static final Set<String> HARMLESS = Set.of("auto_mapping", "base_model_name_or_path", "ensure_weight_tying",
            "eva_config", "inference_mode", "lora_ga_config", "megatron_core", "peft_version", "qalora_group_size",
            "revision", "runtime_config", "task_type");

    /** Ways to begin that also change the model's own matrices, which the adapter then relies on. */
    private static final Set<String> INITIALISED_WITH_BASE = Set.of("pissa", "olora", "corda", "loftq");

    private PeftConfig() {}

    /**
     * Reads a configuration.
     *
     * @throws DataException when it is of another method, or uses features that are not supported
     */
    static LoraSettings read(JsonNode json, Path file) {
        if (!json.path("peft_type").asText().equals("LORA")) {
            throw new DataException(file + " describes an adapter of the type " + json.path("peft_type")
                    + "; only LORA is supported");
        }
        List<String> problems = new ArrayList<>();
        json.properties().forEach(field -> {
            if (!READ.contains(field.getKey()) && !HARMLESS.contains(field.getKey()) && !isNeutral(field.getValue())) {
                problems.add(field.getKey() + " = " + field.getValue());
            }
        });
        String begin = json.path("init_lora_weights").asText();
        if (INITIALISED_WITH_BASE.stream().anyMatch(begin::startsWith)) {
            problems.add("init_lora_weights = " + begin);
        }
        if (!problems.isEmpty()) {
            throw new DataException(file + " uses what is not supported here: " + String.join(", ", problems));
        }
        try {
            return new LoraSettings(
                    json.path("r").asInt(),
                    json.path("lora_alpha").asDouble(),
                    json.path("lora_dropout").asDouble(0),
                    targets(json.path("target_modules")),
                    json.path("use_rslora").asBoolean(false),
                    LoraBias.named(json.path("bias").asText("none")),
                    texts(json.path("modules_to_save")));
        } catch (IllegalArgumentException unusable) {
            throw new DataException(file + " is not usable: " + unusable.getMessage(), unusable);
        }
    }

    /** Name or path of the model that an adapter was trained on, if its configuration says so. */
    static Optional<String> baseModel(JsonNode json) {
        return Optional.ofNullable(json.path("base_model_name_or_path").textValue()).filter(name -> !name.isBlank());
    }

    private static boolean isNeutral(JsonNode value) {
        return value.isNull() || value.isContainerNode() && value.isEmpty() || value.isBoolean() && !value.booleanValue()
                || value.isTextual() && value.textValue().isEmpty();
    }

    private static TargetModules targets(JsonNode json) {
        if (json.isArray()) {
            return new TargetModules.Endings(texts(json));
        }
        String text = json.asText();
        return text.equalsIgnoreCase(TargetModules.AllLinear.NAME)
                ? TargetModules.ALL_LINEAR
                : new TargetModules.Expression(text);
    }

    private static List<String> texts(JsonNode json) {
        List<String> texts = new ArrayList<>();
        json.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /**
     * Writes a configuration with all fields that PEFT writes.
     *
     * @param layers the adapter is on; they stand for "all linear layers", which others may understand differently
     */
    static ObjectNode write(LoraSettings settings, List<String> layers, AdapterOrigin origin) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.putNull("alora_invocation_tokens");
        json.putObject("alpha_pattern");
        json.putNull("arrow_config");
        json.putNull("auto_mapping");
        json.put("base_model_name_or_path", origin.baseModel());
        json.put("bias", settings.bias().configName());
        json.putNull("corda_config");
        json.put("ensure_weight_tying", false);
        json.putNull("eva_config");
        json.putNull("exclude_modules");
        json.put("fan_in_fan_out", false);
        json.put("inference_mode", true);
        json.put("init_lora_weights", true);
        json.putNull("kasa_config");
        json.putNull("layer_replication");
        json.putNull("layers_pattern");
        json.putNull("layers_to_transform");
        json.putObject("loftq_config");
        if (settings.alpha() == Math.rint(settings.alpha())) {
            json.put("lora_alpha", (long) settings.alpha());
        } else {
            json.put("lora_alpha", settings.alpha());
        }
        json.put("lora_bias", false);
        json.put("lora_dropout", settings.dropout());
        json.putNull("lora_ga_config");
        json.putNull("megatron_config");
        json.put("megatron_core", "megatron.core");
        putTexts(json, "modules_to_save", settings.modulesToSave());
        json.putNull("monteclora_config");
        json.put("peft_type", "LORA");
        json.put("peft_version", VERSION);
        json.put("qalora_group_size", 16);
        json.put("r", settings.rank());
        json.putObject("rank_pattern");
        json.putNull("revision");
        switch (settings.targetModules()) {
            case TargetModules.Endings names -> putTexts(json, "target_modules",
                    layers.stream().allMatch(layer -> PeftNames.theirs(layer).equals(layer))
                            ? names.endings()
                            : layers.stream().map(PeftNames::theirs).toList());
            case TargetModules.Expression expression -> json.put("target_modules", expression.expression());
            case TargetModules.AllLinear all ->
                    putTexts(json, "target_modules", layers.stream().map(PeftNames::theirs).toList());
        }
        json.putNull("target_parameters");
        json.put("task_type", isTaskKept(settings, origin.task()) ? origin.task().name() : null);
        json.putNull("trainable_token_indices");
        json.putNull("use_bdlora");
        json.put("use_dora", false);
        json.put("use_qalora", false);
        json.put("use_rslora", settings.rankStabilised());
        json.putNull("velora_config");
        return json;
    }

    /** PEFT takes for granted that an adapter of a classifier comes with the classifier's head. */
    private static boolean isTaskKept(LoraSettings settings, AdapterOrigin.Task task) {
        return switch (task) {
            case CAUSAL_LM -> true;
            case SEQ_CLS, TOKEN_CLS -> OutputHeads.names().stream().anyMatch(settings::saves);
            case OTHER -> false;
        };
    }

    /** A sorted list, or null for none. */
    private static void putTexts(ObjectNode json, String field, List<String> texts) {
        if (texts.isEmpty()) {
            json.putNull(field);
            return;
        }
        ArrayNode array = json.putArray(field);
        texts.stream().sorted().forEach(array::add);
    }
}
