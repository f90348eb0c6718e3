package org.frugaltorch.finetune.model;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.frugaltorch.io.TensorSource;

/** Which tensors of a checkpoint are matrices of linear layers; for what works on files, without building the model. */
public final class LinearLayers {
    private LinearLayers() {}

    /**
     * The linear layers that a checkpoint holds, output heads included.
     *
     * @return full name of the layer to name of its matrix in the checkpoint, in the order of the checkpoint
     */
    public static Map<String, String> of(ModelDirectory model, TensorSource checkpoint) {
        ParameterNames names = model.family().names();
        Set<String> layers = new LinkedHashSet<>(names.linearLayers(model.config().numHiddenLayers()));
        if (model.config().encoder() != null) {
            layers.addAll(model.family().encoderNames().linearLayers(model.config().encoder().numHiddenLayers()));
        }
        layers.addAll(OutputHeads.names());
        Map<String, String> stored = new LinkedHashMap<>();
        for (String name : checkpoint.names()) {
            String full = model.family().fullName(name);
            String layer = full.endsWith(".weight") ? full.substring(0, full.length() - ".weight".length()) : full;
            if (!layer.equals(full) && layers.contains(layer)) {
                stored.putIfAbsent(layer, name);
            }
        }
        return stored;
    }
}
