package org.frugaltorch.finetune.lora;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * An adapter's own values of weights that the model has anyway: trained biases and modules to save. While the adapter is
 * active, the model holds these and the model's own are kept here; otherwise, the other way round.
 */
final class OwnValues implements AutoCloseable {
    private final Parameters model;
    private final Map<String, Tensor> away = new LinkedHashMap<>();
    private final TensorScope scope = TensorScope.detached();
    private boolean inModel;

    /** Begins with the values of the model. */
    OwnValues(Parameters model, Set<String> names) {
        this.model = model;
        for (String name : names) {
            try (TensorScope copying = TensorScope.open()) {
                away.put(name, scope.adopt(model.get(name).detach().copy()));
            }
        }
    }

    /** Names of the weights. */
    Set<String> names() {
        return away.keySet();
    }

    /** The adapter's value, wherever it is. */
    Tensor value(String name) {
        return inModel ? model.get(name) : away.get(name);
    }

    /** Puts the adapter's values into the model, trainable, or the model's own back. */
    void place(boolean into) {
        if (into == inModel) {
            return;
        }
        inModel = into;
        try (TensorScope exchanging = TensorScope.open()) {
            away.forEach((name, kept) -> {
                Tensor parameter = model.get(name);
                Tensor detached = parameter.detach();
                Tensor before = detached.copy();
                detached.copyInPlace(kept);
                kept.copyInPlace(before);
                parameter.clearGrad();
                parameter.setRequiresGrad(into);
            });
        }
    }

    /** Leaves the adapter's values in the model for good. */
    void keep() {
        names().forEach(name -> {
            model.get(name).clearGrad();
            model.get(name).setRequiresGrad(false);
        });
        away.clear();
    }

    @Override
    public void close() {
        scope.close();
    }
}
