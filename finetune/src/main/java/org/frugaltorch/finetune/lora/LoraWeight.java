package org.frugaltorch.finetune.lora;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Another weight with low-rank adapters on top, of which one at a time is added:
 * {@code y = base(x) + scale * B(A(dropout(x)))}. {@link LoraAdapters} puts it in place.
 */
public final class LoraWeight implements LinearWeight {
    private LinearWeight base;
    private final LoraSwitch state;
    private final Map<String, LowRankPair> pairs = new HashMap<>();

    LoraWeight(LinearWeight base, LoraSwitch state) {
        this.base = base;
        this.state = state;
    }

    /**
     * What an adapter is on this layer.
     *
     * @param rank inner width of its matrices
     * @param dropout probability on its input in training
     * @param type of its matrices
     */
    public record Active(long rank, double dropout, DType type) {}

    /** The adapter that computes now, if any. */
    public Optional<Active> active() {
        return Optional.ofNullable(pair(state.computing()))
                .map(pair -> new Active(pair.a().size(0), pair.dropout(), pair.a().dtype()));
    }

    /** The weight below the adapters. */
    public LinearWeight base() {
        return base;
    }

    void put(String adapter, LowRankPair pair) {
        pairs.put(adapter, pair);
    }

    void setBase(LinearWeight replacement) {
        base = replacement;
    }

    void remove(String adapter) {
        pairs.remove(adapter);
    }

    /** Whether no adapter is left. */
    boolean isBare() {
        return pairs.isEmpty();
    }

    private LowRankPair pair(String adapter) {
        return adapter == null ? null : pairs.get(adapter);
    }

    @Override
    public Tensor apply(Tensor input, Tensor bias) {
        LowRankPair pair = pair(state.computing());
        if (pair == null) {
            return base.apply(input, bias);
        }
        try (Tensor output = base.apply(input, bias)) {
            return pair.addTo(output, input, state.training());
        }
    }

    /** The weight below is gone through back once and forward not at all. */
    @Override
    public Tensor backward(Tensor input, Tensor bias, Tensor gradient) {
        LowRankPair pair = pair(state.computing());
        if (pair == null) {
            return base.backward(input, bias, gradient);
        }
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            Tensor byBase = base.backward(input, bias, gradient);
            return scope.promote(byBase.add(pair.backward(input, gradient, state.training())));
        }
    }

    /** Of the weight below and of the adapter that computes now. */
    @Override
    public List<Tensor> parameters() {
        List<Tensor> parameters = new ArrayList<>(base.parameters());
        LowRankPair pair = pair(state.computing());
        if (pair != null) {
            parameters.addAll(List.of(pair.a(), pair.b()));
        }
        return parameters;
    }

    @Override
    public Tensor toDense(DType type) {
        LowRankPair pair = pair(state.computing());
        if (pair == null) {
            return base.toDense(type);
        }
        try (TensorScope scope = TensorScope.open()) {
            DType wide = type == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
            return scope.promote(base.toDense(wide).add(pair.delta(wide)).to(type));
        }
    }

    @Override
    public long inFeatures() {
        return base.inFeatures();
    }

    @Override
    public long outFeatures() {
        return base.outFeatures();
    }
}
