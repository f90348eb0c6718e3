package org.frugaltorch.finetune.method;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.frugaltorch.finetune.lora.AdapterOrigin.Task;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.meft.AdapterSettings;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.meft.MeftVariant;
import org.frugaltorch.finetune.meft.Reconstruction;
import org.frugaltorch.finetune.meft.ShallowLayers;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.io.DataException;
import org.frugaltorch.nn.Activation;
import org.frugaltorch.tensor.DType;

/**
 * {@code adapter_config.json} of a model that was made reversible: what it takes to build it again from its base.
 *
 * @param base path of the pretrained model
 * @param classes that a classifier tells apart; empty for a model that continues text
 * @param recipe of how the model was made
 */
record MeftConfig(String base, Optional<Classes> classes, MeftRecipe recipe) {
    private static final String TYPE = "MEFT";
    private static final String PEFT_TYPE = "peft_type";
    private static final String TASK_TYPE = "task_type";
    private static final String BASE = "base_model_name_or_path";
    private static final String LORA = "lora";
    private static final String QUANTISATION = "quantisation";

    /**
     * What a classifier says of itself beside.
     *
     * @param labels names of the classes, in the order of their scores
     * @param pooling how states become one vector; empty in classifiers of tokens
     */
    record Classes(List<String> labels, Optional<Pooling> pooling) {
        Task task() {
            return pooling.isPresent() ? Task.SEQ_CLS : Task.TOKEN_CLS;
        }
    }

    /** Whether a configuration is one of these. */
    static boolean isMeft(JsonNode json) {
        return json.path(PEFT_TYPE).asText().equals(TYPE);
    }

    ObjectNode write() {
        MeftSettings settings = recipe.settings();
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put(PEFT_TYPE, TYPE);
        json.put(TASK_TYPE, classes.map(Classes::task).orElse(Task.CAUSAL_LM).name());
        json.put(BASE, base);
        json.put("variant", settings.variant().toString());
        json.put("x1_factor", settings.lambda());
        json.put("x2_factor", settings.beta());
        switch (settings.adapter()) {
            case AdapterSettings.Bottleneck bottleneck -> writeBottleneck(json, bottleneck);
            case AdapterSettings.LowRank lowRank -> writeLora(json.putObject(LORA), lowRank);
        }
        put(json, "num_rev_layers", settings.reversibleLayers());
        json.put("shallow_layers", settings.shallow().toString());
        json.put("reconstruction", settings.reconstruction().toString());
        put(json, "tokens_at_once", settings.tokensAtOnce());
        recipe.quantisation().ifPresentOrElse(
                how -> writeQuantisation(json.putObject(QUANTISATION), how), () -> json.putNull(QUANTISATION));
        classes.ifPresent(known -> {
            known.pooling().ifPresent(how -> json.put("pooling", how.toString()));
            ArrayNode names = json.putArray("labels");
            known.labels().forEach(names::add);
        });
        return json;
    }

    private static void put(ObjectNode json, String name, OptionalInt value) {
        if (value.isPresent()) {
            json.put(name, value.getAsInt());
        } else {
            json.putNull(name);
        }
    }

    private static OptionalInt get(JsonNode json, String name) {
        return json.path(name).isInt() ? OptionalInt.of(json.path(name).intValue()) : OptionalInt.empty();
    }

    private static void writeBottleneck(ObjectNode json, AdapterSettings.Bottleneck adapter) {
        json.put("adapter_bottleneck_dim", adapter.width());
        json.put("adapter_activation", adapter.activation() == null ? null : adapter.activation().configName());
        if (adapter.dropout().isPresent()) {
            json.put("adapter_dropout", adapter.dropout().getAsDouble());
        } else {
            json.putNull("adapter_dropout");
        }
        json.put("adapter_initializer_range", adapter.initializerRange());
    }

    private void writeLora(ObjectNode json, AdapterSettings.LowRank adapter) {
        json.put("r", adapter.rank());
        json.put("lora_alpha", adapter.alpha());
        json.put("lora_dropout", adapter.dropout());
        switch (recipe.loraTargets()) {
            case TargetModules.Endings endings -> {
                ArrayNode array = json.putArray("target_modules");
                endings.endings().forEach(array::add);
            }
            case TargetModules.Expression expression -> json.put("target_modules", expression.expression());
            case TargetModules.AllLinear all -> json.putNull("target_modules");
        }
    }

    private static void writeQuantisation(ObjectNode json, Quantisation how) {
        json.put("format", how.format().checkpointName());
        json.put("double_quantisation", how.doubleQuantisation());
        json.put("compute_dtype", how.computeType().torchName());
    }

    /**
     * Reads a configuration.
     *
     * @throws DataException when it is not usable
     */
    static MeftConfig read(JsonNode json, Path file) {
        try {
            if (!json.path(BASE).isTextual()) {
                throw new IllegalArgumentException("it must name a base model");
            }
            boolean continuesText = json.path(TASK_TYPE).asText().equals(Task.CAUSAL_LM.name());
            MeftSettings settings = new MeftSettings(
                    MeftVariant.named(json.path("variant").asText()),
                    json.path("x1_factor").asDouble(Double.NaN),
                    json.path("x2_factor").asDouble(Double.NaN),
                    json.path(LORA).isObject() ? readLora(json.path(LORA)) : readBottleneck(json),
                    get(json, "num_rev_layers"),
                    ShallowLayers.named(json.path("shallow_layers").asText(ShallowLayers.FROZEN.toString())),
                    Reconstruction.named(json.path("reconstruction").asText(Reconstruction.EXACT.toString())),
                    get(json, "tokens_at_once"));
            return new MeftConfig(json.path(BASE).asText(),
                    continuesText ? Optional.empty() : Optional.of(readClasses(json)),
                    new MeftRecipe(settings, targets(json.path(LORA).path("target_modules")),
                            quantisation(json.path(QUANTISATION))));
        } catch (IllegalArgumentException unusable) {
            throw new DataException(file + " is not usable: " + unusable.getMessage(), unusable);
        }
    }

    private static Classes readClasses(JsonNode json) {
        List<String> labels = new ArrayList<>();
        json.path("labels").forEach(label -> labels.add(label.asText()));
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("it must name the labels of a classifier, or the task CAUSAL_LM");
        }
        return new Classes(labels, json.path(TASK_TYPE).asText().equals(Task.TOKEN_CLS.name())
                ? Optional.empty() : Optional.of(Pooling.named(json.path("pooling").asText())));
    }

    private static AdapterSettings readLora(JsonNode json) {
        return new AdapterSettings.LowRank(
                json.path("r").asInt(), json.path("lora_alpha").asDouble(), json.path("lora_dropout").asDouble());
    }

    private static AdapterSettings readBottleneck(JsonNode json) {
        JsonNode activation = json.path("adapter_activation");
        JsonNode dropout = json.path("adapter_dropout");
        return new AdapterSettings.Bottleneck(
                json.path("adapter_bottleneck_dim").asInt(),
                activation.isTextual() ? Activation.named(activation.asText()) : null,
                dropout.isNumber() ? OptionalDouble.of(dropout.asDouble()) : OptionalDouble.empty(),
                json.path("adapter_initializer_range").asDouble(AdapterSettings.Bottleneck.DEFAULT_RANGE));
    }

    private static TargetModules targets(JsonNode json) {
        if (json.isArray()) {
            List<String> endings = new ArrayList<>();
            json.forEach(ending -> endings.add(ending.asText()));
            return new TargetModules.Endings(endings);
        }
        return json.isTextual() ? new TargetModules.Expression(json.asText()) : TargetModules.ALL_LINEAR;
    }

    private static Optional<Quantisation> quantisation(JsonNode json) {
        return json.isObject()
                ? Optional.of(new Quantisation(FourBitFormat.named(json.path("format").asText()),
                        json.path("double_quantisation").asBoolean(), type(json.path("compute_dtype").asText())))
                : Optional.empty();
    }

    private static DType type(String torchName) {
        for (DType type : DType.values()) {
            if (type.torchName().equals(torchName)) {
                return type;
            }
        }
        throw new IllegalArgumentException("there is no type " + torchName);
    }
}
