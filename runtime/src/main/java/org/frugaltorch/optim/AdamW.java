package org.frugaltorch.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019), one fused native call a group and step. Moments have
 * the type of their parameter and come into being with its first gradient; parameters without a gradient are left alone.
 *
 * <p>Parameters in bfloat16 are computed in float32, a piece at a time, and {@linkplain Rounding rounded}.
 */
public final class AdamW implements AutoCloseable {
    /** Enough for a GPU, and some 120 MiB of its memory. */
    private static final int ON_DEVICE_AT_ONCE = 1 << 22;
    private static final String FIRST_MOMENT = "exp_avg.";
    private static final String SECOND_MOMENT = "exp_avg_sq.";
    private static final String STEP = "step.";

    /**
     * Settings of the algorithm.
     *
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     * @param epsilon added to the root of the second moment
     * @param rounding of bfloat16 results
     */
    public record Settings(double beta1, double beta2, double epsilon, Rounding rounding) {
        /** PyTorch's defaults, but for bfloat16, which is rounded to learn as much as float32. */
        public static final Settings DEFAULT = new Settings(0.9, 0.999, 1e-8);

        /** With stochastic rounding. */
        public Settings(double beta1, double beta2, double epsilon) {
            this(beta1, beta2, epsilon, Rounding.STOCHASTIC);
        }

        /** The same with other rounding. */
        public Settings with(Rounding other) {
            return new Settings(beta1, beta2, epsilon, other);
        }

        public Settings {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0)) {
                throw new IllegalArgumentException("AdamW needs beta1 and beta2 in [0, 1) and epsilon above 0, got "
                        + beta1 + ", " + beta2 + " and " + epsilon);
            }
        }
    }

    /**
     * Parameters that share a weight decay.
     *
     * @param parameters by name
     * @param weightDecay fraction of a parameter subtracted a step, times the learning rate
     */
    public record Group(Map<String, Tensor> parameters, double weightDecay) {}

    private static final class State {
        final Tensor firstMoment;
        final Tensor secondMoment;
        final Tensor step;
        long stepCount;

        State(Tensor firstMoment, Tensor secondMoment, Tensor step) {
            this.firstMoment = firstMoment;
            this.secondMoment = secondMoment;
            this.step = step;
        }
    }

    private final TensorScope scope = TensorScope.detached();
    private final Map<String, State> states = new LinkedHashMap<>();
    private final List<Group> groups;
    private final Settings settings;
    private final long seed;
    private final RoundedUpdate inMemory;
    private final RoundedUpdate onDevice = new RoundingByOperators(ON_DEVICE_AT_ONCE);

    /** An optimiser of {@code groups}; names must differ over all of them. */
    public AdamW(List<Group> groups, Settings settings) {
        this(groups, settings, 0);
    }

    /**
     * An optimiser of {@code groups}; names must differ over all of them.
     *
     * @param seed of stochastic rounding: with it, a name and the number of a step it is always the same
     */
    public AdamW(List<Group> groups, Settings settings, long seed) {
        this(groups, settings, seed, new RoundingInJava());
    }

    /** @param inMemory updates parameters of the CPU */
    AdamW(List<Group> groups, Settings settings, long seed, RoundedUpdate inMemory) {
        this.groups = List.copyOf(groups);
        this.settings = settings;
        this.seed = seed;
        this.inMemory = inMemory;
    }

    /** Makes the moments of all parameters now instead of with their first gradient. */
    public void prepare() {
        try (TensorScope temporaries = TensorScope.open()) {
            for (Group group : groups) {
                group.parameters().forEach((name, parameter) -> states.computeIfAbsent(name, unused -> fresh(parameter)));
            }
        }
    }

    /**
     * Changes every parameter that has a gradient.
     *
     * @param learningRate of this step
     */
    public void step(double learningRate) {
        try (TensorScope temporaries = TensorScope.open()) {
            for (Group group : groups) {
                step(group, learningRate);
            }
        }
    }

    /**
     * Changes one parameter if it has a gradient, as {@link #step(double)} would.
     *
     * @throws IllegalArgumentException when no parameter has that name
     */
    public void step(String name, double learningRate) {
        for (Group group : groups) {
            Tensor parameter = group.parameters().get(name);
            if (parameter != null) {
                try (TensorScope temporaries = TensorScope.open()) {
                    step(new Group(Map.of(name, parameter), group.weightDecay()), learningRate);
                }
                return;
            }
        }
        throw new IllegalArgumentException("The optimiser has no parameter named " + name);
    }

    private void step(Group group, double learningRate) {
        // On CUDA the fused kernel takes tensors of one type and one device only.
        Map<Kind, Map<String, Tensor>> alike = new LinkedHashMap<>();
        group.parameters().forEach((name, parameter) -> {
            if (!parameter.isContiguous()) {
                throw new IllegalArgumentException("The parameter " + name + " has gaps in memory or is transposed;"
                        + " make it contiguous before it is trained");
            }
            if (parameter.grad() != null) {
                alike.computeIfAbsent(new Kind(parameter.dtype(), parameter.device()), kind -> new LinkedHashMap<>())
                        .put(name, parameter);
            }
        });
        StepSize size = new StepSize(learningRate, group.weightDecay(), settings);
        alike.values().forEach(parameters -> step(parameters, size));
    }

    private record Kind(DType type, Device device) {}

    private void step(Map<String, Tensor> parameters, StepSize size) {
        List<Updated> atOnce = new ArrayList<>();
        parameters.forEach((name, parameter) -> {
            State state = states.computeIfAbsent(name, unused -> fresh(parameter));
            // The kernel reads the number of this step, counted from 1.
            state.step.fillInPlace(++state.stepCount);
            Tensor gradient = parameter.grad().contiguous(); // the kernel goes through memory from end to end
            Updated updated = new Updated(parameter, gradient, state.firstMoment, state.secondMoment, state.step);
            if (parameter.dtype() == DType.BFLOAT16 && settings.rounding == Rounding.STOCHASTIC) {
                long draw = new SplittableRandom(seed + name.hashCode() + (state.stepCount << Integer.SIZE)).nextLong();
                (parameter.device().isCpu() ? inMemory : onDevice).apply(updated, state.stepCount, size, draw);
            } else {
                atOnce.add(updated);
            }
        });
        if (!atOnce.isEmpty()) {
            size.apply(atOnce);
        }
    }

    private State fresh(Tensor parameter) {
        return new State(
                scope.adopt(Tensors.zerosLike(parameter)),
                scope.adopt(Tensors.zerosLike(parameter)),
                scope.adopt(Tensors.zeros(DType.FLOAT32, parameter.device())));
    }

    /** Bytes of all moments. */
    public long byteSize() {
        return states.values().stream().mapToLong(s -> s.firstMoment.byteSize() + s.secondMoment.byteSize()).sum();
    }

    /** The state by name, to be saved: moments and step counts of every parameter. */
    public Map<String, Tensor> state() {
        Map<String, Tensor> result = new LinkedHashMap<>();
        states.forEach((name, state) -> {
            result.put(FIRST_MOMENT + name, state.firstMoment);
            result.put(SECOND_MOMENT + name, state.secondMoment);
            result.put(STEP + name, state.step);
        });
        return result;
    }

    /**
     * Takes up a saved state.
     *
     * @param saved copies are made of its tensors
     * @throws IllegalArgumentException when it is the state of other parameters
     */
    public void restore(Map<String, Tensor> saved) {
        try (TensorScope temporaries = TensorScope.open()) {
            for (Group group : groups) {
                group.parameters().forEach((name, parameter) -> restore(name, parameter, saved));
            }
        }
    }

    private void restore(String name, Tensor parameter, Map<String, Tensor> saved) {
        Tensor first = saved.get(FIRST_MOMENT + name);
        Tensor second = saved.get(SECOND_MOMENT + name);
        Tensor step = saved.get(STEP + name);
        if (first == null && second == null && step == null) {
            return;
        }
        if (first == null || second == null || step == null
                || !Arrays.equals(first.shape(), parameter.shape())) {
            throw new IllegalArgumentException("The saved optimiser state of " + name + " does not fit this model");
        }
        State state = states.computeIfAbsent(name, unused -> fresh(parameter));
        state.firstMoment.copyInPlace(first);
        state.secondMoment.copyInPlace(second);
        state.step.copyInPlace(step);
        state.stepCount = step.itemLong();
    }

    @Override
    public void close() {
        states.clear();
        inMemory.close();
        onDevice.close();
        scope.close();
    }
}
