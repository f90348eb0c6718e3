package org.frugaltorch.finetune.lora;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.frugaltorch.finetune.text.JsonFile;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.Problems;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.nn.StoredTensors;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/** An adapter on disk as PEFT lays it out: {@code adapter_config.json} and {@code adapter_model.safetensors}. */
final class AdapterDirectory implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";
    private static final String UNUSED_COPY = ".original_module.";
    private static final String BASE_WEIGHT = ".base_layer.weight";

    private final Path path;
    private final LoraSettings settings;
    private final Optional<String> baseModel;
    private final SafetensorsFile weights;

    private AdapterDirectory(Path path, LoraSettings settings, Optional<String> baseModel, SafetensorsFile weights) {
        this.path = path;
        this.settings = settings;
        this.baseModel = baseModel;
        this.weights = weights;
    }

    static AdapterDirectory open(Path path) {
        Path config = path.resolve(CONFIG);
        if (!Files.isRegularFile(config) || !Files.isRegularFile(path.resolve(WEIGHTS))) {
            throw new DataException(path + " is no adapter directory: it needs " + CONFIG + " and " + WEIGHTS
                    + (Files.exists(path.resolve("adapter_model.bin"))
                            ? "; it holds a pickled adapter_model.bin, which must be converted to safetensors first" : ""));
        }
        JsonNode json = JsonFile.read(config);
        LoraSettings settings = PeftConfig.read(json, config);
        return new AdapterDirectory(path, settings, PeftConfig.baseModel(json), SafetensorsFile.open(path.resolve(WEIGHTS)));
    }

    Path path() {
        return path;
    }

    LoraSettings settings() {
        return settings;
    }

    /** Name or path of the model that the adapter was trained on, if it says so. */
    Optional<String> baseModel() {
        return baseModel;
    }

    /** The stored tensors by the names of the model they belong to, without PEFT's prefix and copies of its own. */
    Map<String, TensorSource.Entry> tensors() {
        Map<String, TensorSource.Entry> tensors = new LinkedHashMap<>();
        for (String name : weights.names()) {
            if (!name.contains(UNUSED_COPY) && !name.endsWith(BASE_WEIGHT)) {
                tensors.put(PeftNames.ours(name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name),
                        weights.entry(name));
            }
        }
        return tensors;
    }

    /**
     * Makes sure that what is stored of the base is what the base has. PEFT puts tables of words and output heads beside
     * adapters on them, as it cannot know whether they were changed before.
     *
     * @param base weights of the model by name; null for what it has not
     * @throws DataException when one is another
     */
    void requireBase(UnaryOperator<String> fullName, Function<String, Tensor> base) {
        List<String> problems = new ArrayList<>();
        for (String name : weights.names()) {
            if (name.endsWith(BASE_WEIGHT)) {
                String layer = name.substring(name.startsWith(PREFIX) ? PREFIX.length() : 0, name.length() - BASE_WEIGHT.length());
                try (TensorScope scope = TensorScope.open()) {
                    Tensor weight = base.apply(fullName.apply(layer + ".weight"));
                    if (weight == null || !StoredTensors.isValue(weight, weights, name)) {
                        problems.add(name + " is not what the model has: the adapter was trained on another one");
                    }
                }
            }
        }
        if (!problems.isEmpty()) {
            throw misfit(problems);
        }
    }

    /** The complaint about an adapter and a model that do not fit. */
    DataException misfit(List<String> problems) {
        return new DataException("The adapter in " + path + " does not belong to this model"
                + baseModel.map(name -> " (it says that it was trained on '" + name + "')").orElse("") + ": "
                + Problems.told(problems));
    }

    /**
     * Copies what is stored into tensors, converting their type.
     *
     * @param targets by name, without PEFT's prefix
     * @throws DataException when a tensor is missing, of another shape, or not wanted
     */
    void readInto(Map<String, Tensor> targets) {
        List<String> problems = StoredTensors.readInto(
                targets, weights, this::storedName,
                name -> name.contains(UNUSED_COPY) || name.endsWith(BASE_WEIGHT));
        if (!problems.isEmpty()) {
            throw misfit(problems);
        }
    }

    /** As PEFT calls it, or as the model does. */
    private String storedName(String name) {
        String theirs = PREFIX + PeftNames.theirs(name);
        return weights.names().contains(theirs) ? theirs : PREFIX + name;
    }

    /**
     * Writes both files.
     *
     * @param directory there already; whoever calls sees to it that nobody finds it half-written
     * @param tensors by name, without PEFT's prefix
     */
    static void write(
            Path directory, LoraSettings settings, List<String> layers, AdapterOrigin origin,
            Map<String, Tensor> tensors) throws IOException {
        List<SafetensorsWriter.Tensor> stored = new ArrayList<>();
        tensors.forEach((name, tensor) -> stored.add(StoredTensors.of(PREFIX + PeftNames.theirs(name), tensor)));
        Files.writeString(directory.resolve(CONFIG), MAPPER.writerWithDefaultPrettyPrinter()
                .writeValueAsString(PeftConfig.write(settings, layers, origin)));
        SafetensorsWriter.write(directory.resolve(WEIGHTS), stored);
    }

    @Override
    public void close() {
        weights.close();
    }
}
