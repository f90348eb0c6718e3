package org.frugaltorch.finetune.conversion;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.frugaltorch.finetune.model.LinearLayers;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.ModelFiles;
import org.frugaltorch.finetune.quant.OutputHeads;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.quant.QuantisationConfig;
import org.frugaltorch.finetune.quant.QuantisedMatrix;
import org.frugaltorch.finetune.quant.StoredQuantisation;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.TensorGroup;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Turns the files of a model into those of the same model in four bits, as bitsandbytes and Transformers store it. One
 * matrix after another goes from file to file, so that memory is needed for the largest one, whatever the model's size.
 *
 * @param quantisation what matrices become
 * @param skippedModules linear layers to leave as they are, by {@linkplain QuantisationConfig#skips the rule} of the
 *     configuration; output heads are left in any case
 * @param maxShardBytes of a file of weights
 */
public record ModelQuantiser(Quantisation quantisation, List<String> skippedModules, long maxShardBytes) {
    private static final List<String> DECODER_HEADS = List.of("lm_head");
    /** Heads of classes, and of masked words. */
    private static final List<String> ENCODER_HEADS = List.of("classifier", "cls");

    public ModelQuantiser {
        skippedModules = List.copyOf(skippedModules);
    }

    /**
     * Quantises all linear layers but heads and skipped ones. Either the whole directory is there afterwards, or what
     * was there before.
     *
     * @throws DataException when the model is quantised already or has no matrix to quantise, or when a file cannot be
     *     read or written
     * @throws IllegalArgumentException when a matrix cannot be quantised, or a module to skip is none of the model's
     */
    public QuantisationReport quantise(ModelDirectory model, Path target) {
        if (model.quantisation().isPresent()) {
            throw new DataException(model.path() + " is quantised already, by its config.json;"
                    + " quantise the model that it was made from");
        }
        QuantisationConfig config = config(model);
        try (Checkpoint checkpoint = Checkpoint.open(model.path())) {
            Map<String, String> layers = layersByWeight(model, checkpoint, config);
            Map<String, MatrixError> errors = new HashMap<>();
            List<TensorGroup> groups = new ArrayList<>();
            for (String name : checkpoint.names()) {
                TensorSource.Entry entry = checkpoint.entry(name);
                groups.add(layers.containsKey(name)
                        ? quantised(layers.get(name), entry, checkpoint, errors)
                        : TensorGroup.stored(name, entry));
            }
            var json = model.json().deepCopy();
            json.set(QuantisationConfig.FIELD, config.toJson());
            int files = ModelFiles.write(model, json, groups, maxShardBytes, target);
            return new QuantisationReport(
                    checkpoint.names().stream().mapToLong(name -> checkpoint.entry(name).data().byteSize()).sum(),
                    groups.stream().mapToLong(TensorGroup::byteSize).sum(), files, config,
                    layers.values().stream().map(errors::get).toList());
        }
    }

    /** Transformers leaves out heads by itself for decoders only, and only when no list is given. */
    private QuantisationConfig config(ModelDirectory model) {
        boolean decoder = model.config().layout().causal();
        List<String> heads = decoder ? DECODER_HEADS : ENCODER_HEADS;
        Optional<List<String>> skipped = decoder && heads.containsAll(skippedModules)
                ? Optional.empty()
                : Optional.of(Stream.concat(heads.stream(), skippedModules.stream()).distinct().toList());
        return new QuantisationConfig(quantisation, skipped);
    }

    /** The matrices to quantise: name in the checkpoint to full name of the layer. */
    private Map<String, String> layersByWeight(ModelDirectory model, Checkpoint checkpoint, QuantisationConfig config) {
        Map<String, String> stored = LinearLayers.of(model, checkpoint);
        for (String module : skippedModules) {
            boolean known = OutputHeads.contains(module)
                    || stored.keySet().stream().anyMatch(layer -> QuantisationConfig.matches(module, layer));
            if (!known) {
                throw new IllegalArgumentException("No linear layer of " + model.path() + " is called '" + module
                        + "', so it cannot be skipped");
            }
        }
        Map<String, String> layers = new LinkedHashMap<>();
        stored.forEach((layer, weight) -> {
            if (!OutputHeads.contains(layer) && !config.skips(layer)) {
                refuseQuantised(model, checkpoint, weight);
                layers.put(weight, layer);
            }
        });
        if (layers.isEmpty()) {
            throw new DataException(model.path() + " has no matrix to quantise: "
                    + (stored.isEmpty() ? "its weights hold no linear layer" : "all its linear layers are skipped"));
        }
        return layers;
    }

    private static void refuseQuantised(ModelDirectory model, Checkpoint checkpoint, String weight) {
        TensorSource.Entry entry = checkpoint.entry(weight);
        if (StoredQuantisation.holds(checkpoint, weight) || !entry.dtype().isFloatingPoint()) {
            throw new DataException(model.path() + " is quantised already: its " + entry + " holds no plain numbers");
        }
        if (entry.shape().length != 2) {
            throw new DataException("The weights contradict config.json: " + weight + " is "
                    + Arrays.toString(entry.shape()) + " where config.json makes it a matrix");
        }
    }

    private TensorGroup quantised(
            String layer, TensorSource.Entry entry, Checkpoint checkpoint, Map<String, MatrixError> errors) {
        long[] shape = entry.shape();
        return new TensorGroup(
                StoredQuantisation.specs(entry.name(), quantisation, entry.dtype(), shape[0], shape[1]), sink -> {
            try (TensorScope scope = TensorScope.open()) {
                Tensor matrix = Tensors.wrap(entry.data(), entry.dtype(), checkpoint, shape);
                QuantisedMatrix packed = quantisation.quantise(entry.name(), matrix);
                StoredQuantisation.tensors(entry.name(), packed)
                        .forEach((name, tensor) -> sink.put(name, tensor.segment()));
                errors.put(layer, error(layer, matrix, packed));
            }
        });
    }

    private static MatrixError error(String layer, Tensor matrix, QuantisedMatrix packed) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor exact = matrix.to(DType.FLOAT32);
            Tensor difference = packed.dequantise(DType.FLOAT32).sub(exact);
            return new MatrixError(layer, matrix.size(0), matrix.size(1), squared(exact), squared(difference),
                    difference.abs().amax().item());
        }
    }

    private static double squared(Tensor values) {
        double norm = values.norm().item();
        return norm * norm;
    }
}
