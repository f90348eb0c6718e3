package org.frugaltorch.finetune.method;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.io.AtomicDirectory;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.nn.StoredTensors;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * A classifier that was made reversible, on disk: {@code adapter_config.json}, which names the pretrained model, and
 * {@code adapter_model.safetensors} with everything that was trained.
 *
 * @param path the directory
 * @param base the pretrained model, with the tokenizer
 * @param labels names of the classes, in the order of their scores
 * @param pooling how states become one vector
 * @param recipe of how the model was made
 */
public record MeftDirectory(
        Path path, ModelDirectory base, List<String> labels, Pooling pooling, MeftRecipe recipe) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final int MOST_PROBLEMS_SHOWN = 5;

    /** Whether a directory holds one. */
    public static boolean isOne(Path path) {
        return Files.isRegularFile(path.resolve(CONFIG)) && MeftConfig.isMeft(json(path.resolve(CONFIG)));
    }

    /**
     * Opens a directory.
     *
     * @param baseElsewhere where the pretrained model is now; null for where the directory says it was
     * @throws DataException when there is no such classifier, or its pretrained model is not there
     */
    public static MeftDirectory open(Path path, Path baseElsewhere) {
        Path file = path.resolve(CONFIG);
        if (!Files.isRegularFile(file) || !Files.isRegularFile(path.resolve(WEIGHTS))) {
            throw new DataException(path + " is no adapter directory: it needs " + CONFIG + " and " + WEIGHTS);
        }
        MeftConfig config = MeftConfig.read(json(file), file);
        Path base = baseElsewhere != null ? baseElsewhere : path.resolve(config.base());
        if (!Files.isDirectory(base)) {
            throw new DataException("The adapters in " + path + " belong to the pretrained model " + base
                    + ", which is not there: name the folder it is in now with --base");
        }
        return new MeftDirectory(path, ModelDirectory.open(base), config.labels(), config.pooling(), config.recipe());
    }

    private static JsonNode json(Path file) {
        try {
            return MAPPER.readTree(file.toFile());
        } catch (JsonProcessingException malformed) {
            throw new DataException(file + " is no valid JSON: " + malformed.getOriginalMessage());
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
    }

    /**
     * Loads the classifier.
     *
     * @throws DataException when the adapters do not belong to the pretrained model
     */
    public MeftClassifier load(DType dtype) {
        ClassifierSettings settings =
                new ClassifierSettings(labels, pooling, dtype, Device.CPU, OptionalDouble.empty());
        MeftClassifier classifier = MeftClassifier.make(
                treatment -> base.classifier(settings, name -> true, treatment), recipe,
                config -> Optional.empty());
        try (SafetensorsFile weights = SafetensorsFile.open(path.resolve(WEIGHTS))) {
            read(weights, classifier.model().parameters().trainableByName());
            return classifier;
        } catch (RuntimeException failure) {
            classifier.close();
            throw failure;
        }
    }

    private void read(SafetensorsFile weights, Map<String, Tensor> targets) {
        List<String> problems = new ArrayList<>();
        Set<String> unused = new LinkedHashSet<>(weights.names());
        targets.forEach((name, target) -> {
            if (!unused.remove(name)) {
                problems.add(name + " is missing");
                return;
            }
            TensorSource.Entry entry = weights.entry(name);
            if (!entry.dtype().isFloatingPoint() || !Arrays.equals(entry.shape(), target.shape())) {
                problems.add(entry + " does not fit " + Arrays.toString(target.shape()));
                return;
            }
            try (TensorScope scope = TensorScope.open()) {
                target.detach().copyInPlace(Tensors.wrap(entry.data(), entry.dtype(), weights, entry.shape()));
            }
        });
        unused.forEach(name -> problems.add("nothing in the model takes " + name));
        if (!problems.isEmpty()) {
            int hidden = problems.size() - MOST_PROBLEMS_SHOWN;
            throw new DataException("The adapters in " + path + " do not belong to the model in " + base.path() + ": "
                    + String.join("; ", problems.subList(0, Math.min(problems.size(), MOST_PROBLEMS_SHOWN)))
                    + (hidden > 0 ? "; and " + hidden + " more" : ""));
        }
    }

    /**
     * Writes what was trained of a classifier. Either all of it is there afterwards, or what was there before.
     *
     * @param base the pretrained model that it was made from
     */
    public static void write(MeftClassifier classifier, ModelDirectory base, List<String> labels, Path target) {
        MeftConfig config = new MeftConfig(base.path().toAbsolutePath().normalize().toString(), labels,
                classifier.model().pooling(), classifier.recipe());
        List<SafetensorsWriter.Tensor> tensors = new ArrayList<>();
        classifier.model().parameters().trainableByName()
                .forEach((name, tensor) -> tensors.add(StoredTensors.of(name, tensor)));
        AtomicDirectory.write(target, directory -> {
            Files.writeString(directory.resolve(CONFIG),
                    MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(config.write()));
            SafetensorsWriter.write(directory.resolve(WEIGHTS), tensors);
        });
    }
}
