package org.frugaltorch.finetune.model;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.frugaltorch.finetune.quant.OutputHeads;
import org.frugaltorch.io.TensorSource;

/** Which tensors of a checkpoint are matrices of linear layers; for what works on files, without building the model. */
public final class LinearLayers {
    private LinearLayers() {}

    /** Full names of the linear layers that a language model of this shape can have. */
    public static Set<String> ofLanguageModel(ModelDirectory model) {
        Set<String> layers = ofStacks(model);
        if (!model.config().tieWordEmbeddings()) {
            layers.add("lm_head");
        }
        return layers;
    }

    /** Full names of the linear layers that a classifier of this shape can have. */
    public static Set<String> ofClassifier(ClassifierDirectory<?> model) {
        Set<String> layers = ofStacks(model.directory());
        layers.addAll(model.head().layers());
        return layers;
    }

    private static Set<String> ofStacks(ModelDirectory model) {
        Set<String> layers = new LinkedHashSet<>();
        if (model.config().encoder() != null) {
            layers.addAll(model.family().encoderNames().linearLayers(model.config().encoder().numHiddenLayers()));
        }
        layers.addAll(model.family().names().linearLayers(model.config().numHiddenLayers()));
        return layers;
    }

    /**
     * The linear layers that a checkpoint holds, output heads included.
     *
     * @return full name of the layer to name of its matrix in the checkpoint, in the order of the checkpoint
     */
    public static Map<String, String> of(ModelDirectory model, TensorSource checkpoint) {
        Set<String> layers = ofStacks(model);
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
