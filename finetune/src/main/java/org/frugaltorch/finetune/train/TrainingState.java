package org.frugaltorch.finetune.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * @param settings of the run; another run's checkpoint is refused
 */
record TrainingState(
        long step,
        long bestStep,
        Map<String, Double> bestMetrics,
        int evaluationsSinceBest,
        double seconds,
        String settings) {

    private static final String STATE_FILE = "state.json";
    private static final String WEIGHTS_FILE = "weights.safetensors";
    private static final String OPTIMIZER_FILE = "optimizer.safetensors";

    static TrainingState start(String settings) {
        return new TrainingState(0, 0, Map.of(), 0, 0, settings);
    }

    /** Writes weights, optimiser and this state; a kill leaves this checkpoint or the one before. */
    void save(Path directory, Parameters parameters, AdamW optimizer) {
        AtomicDirectory.write(directory, target -> {
            SafetensorsWriter.write(target.resolve(WEIGHTS_FILE), stored(parameters.asMap()));
            SafetensorsWriter.write(target.resolve(OPTIMIZER_FILE), stored(optimizer.state()));
            Files.writeString(target.resolve(STATE_FILE), MeasuredJson.indented(this));
        });
    }

    /** Reads a checkpoint into the model and the optimiser. */
    static TrainingState restore(Path directory, Parameters parameters, AdamW optimizer, String settings) {
        TrainingState state = read(directory.resolve(STATE_FILE));
        if (!state.settings.equals(settings)) {
            throw new DataException("The checkpoint in " + directory + " is of a run with other settings (" + state.settings
                    + " instead of " + settings + "): resume with those, or choose another output directory");
        }
        try (TensorScope scope = TensorScope.open();
                SafetensorsFile weights = SafetensorsFile.open(directory.resolve(WEIGHTS_FILE));
                SafetensorsFile moments = SafetensorsFile.open(directory.resolve(OPTIMIZER_FILE))) {
            parameters.asMap().forEach((name, parameter) -> parameter.detach().copyInPlace(mapped(weights, name)));
            Map<String, Tensor> saved = new HashMap<>();
            moments.names().forEach(name -> saved.put(name, mapped(moments, name)));
            optimizer.restore(saved);
        }
        return state;
    }

    private static TrainingState read(Path file) {
        try {
            return MeasuredJson.read(Files.readString(file), TrainingState.class);
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
