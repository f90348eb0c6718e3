package org.frugaltorch.finetune.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.frugaltorch.finetune.measure.MeasuredJson;
import org.frugaltorch.io.AtomicDirectory;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.nn.StoredTensors;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Where a run stands, as a directory: enough to go on after a kill as if nothing had happened.
 *
 * @param step optimiser steps taken
 * @param bestStep step of the best evaluation; 0 before the first
 * @param bestMetrics its values
 * @param evaluationsSinceBest evaluations without improvement
 * @param seconds of training so far
 * @param memory bytes that the run took so far
 * @param settings of the run by name; another run's checkpoint is refused
 */
record TrainingState(
        long step,
        long bestStep,
        Map<String, Double> bestMetrics,
        int evaluationsSinceBest,
        double seconds,
        MemoryUse memory,
        Map<String, String> settings) {

    private static final String STATE_FILE = "state.json";
    private static final String WEIGHTS_FILE = "weights.safetensors";
    private static final String OPTIMIZER_FILE = "optimizer.safetensors";

    static TrainingState start(Map<String, String> settings) {
        return new TrainingState(0, 0, Map.of(), 0, 0, MemoryUse.NONE, settings);
    }

    TrainingState afterStep(double stepSeconds) {
        return new TrainingState(
                step + 1, bestStep, bestMetrics, evaluationsSinceBest, seconds + stepSeconds, memory, settings);
    }

    TrainingState afterEvaluation(boolean improved, Map<String, Double> metrics, MemoryUse memoryNow) {
        return improved
                ? new TrainingState(step, step, metrics, 0, seconds, memoryNow, settings)
                : new TrainingState(step, bestStep, bestMetrics, evaluationsSinceBest + 1, seconds, memoryNow, settings);
    }

    /**
     * Writes trained weights, optimiser and this state; a kill leaves this checkpoint or the one before. Frozen weights are
     * those that every run begins with.
     */
    void save(Path directory, Parameters parameters, AdamW optimizer) {
        AtomicDirectory.write(directory, target -> {
            SafetensorsWriter.write(target.resolve(WEIGHTS_FILE), stored(parameters.trainableByName()));
            SafetensorsWriter.write(target.resolve(OPTIMIZER_FILE), stored(optimizer.state()));
            Files.writeString(target.resolve(STATE_FILE), MeasuredJson.indented(this));
        });
    }

    /** Reads a checkpoint into the model and the optimiser. */
    static TrainingState restore(Path directory, Parameters parameters, AdamW optimizer, Map<String, String> settings) {
        TrainingState state = read(directory.resolve(STATE_FILE));
        state.requireSettings(directory, settings);
        try (TensorScope scope = TensorScope.open();
                SafetensorsFile weights = SafetensorsFile.open(directory.resolve(WEIGHTS_FILE));
                SafetensorsFile moments = SafetensorsFile.open(directory.resolve(OPTIMIZER_FILE))) {
            parameters.trainableByName().forEach((name, parameter) -> parameter.detach().copyInPlace(mapped(weights, name)));
            Map<String, Tensor> saved = new HashMap<>();
            moments.names().forEach(name -> saved.put(name, mapped(moments, name)));
            optimizer.restore(saved);
        }
        return state;
    }

    private void requireSettings(Path directory, Map<String, String> wanted) {
        Set<String> names = new TreeSet<>(wanted.keySet());
        names.addAll(settings.keySet());
        String differences = names.stream()
                .filter(name -> !Objects.equals(settings.get(name), wanted.get(name)))
                .map(name -> name + " " + settings.get(name) + " there, " + wanted.get(name) + " now")
                .collect(Collectors.joining("; "));
        if (!differences.isEmpty()) {
            throw new DataException("the checkpoint " + directory + " is of a run with other settings (" + differences
                    + "): resume with those, replace the run with --force, or choose another --out");
        }
    }

    private static TrainingState read(Path file) {
        try {
            return MeasuredJson.read(Files.readString(file), TrainingState.class);
        } catch (IllegalArgumentException malformed) {
            throw new DataException(file + " is no state of a run: " + malformed.getMessage(), malformed);
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
    }

    private static Tensor mapped(TensorSource source, String name) {
        TensorSource.Entry entry = source.entry(name);
        return Tensors.wrap(entry.data(), entry.dtype(), source, entry.shape());
    }

    private static List<SafetensorsWriter.Tensor> stored(Map<String, Tensor> tensors) {
        List<SafetensorsWriter.Tensor> result = new ArrayList<>();
        tensors.forEach((name, tensor) -> result.add(StoredTensors.of(name, tensor)));
        return result;
    }
}
