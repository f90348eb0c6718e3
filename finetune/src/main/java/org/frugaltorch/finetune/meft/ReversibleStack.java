package org.frugaltorch.finetune.meft;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.frugaltorch.autograd.FunctionContext;
import org.frugaltorch.autograd.JavaMultiFunction;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.engine.RandomReplay;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.ReadTokens;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.RepeatableDraws;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * The reversible layers as one function in the graph. It keeps both streams behind the last one that is reversed and what the
 * {@link StreamArithmetic} needs to come back; the rows of a batch go through it a few at a time.
 *
 * <p>Inputs are both streams of every group of tokens, one group after another; outputs are the mean of the streams of
 * every group, of which only the first carries gradients; where some tokens alone are read, their mean alone. The engine's
 * generator is left as it was.
 */
final class ReversibleStack extends JavaMultiFunction {
    private static final int STREAMS = 2;
    private static final String SLICES = "slices";
    private static final String TYPE = "type";
    private static final String SHAPE = "shape";
    private static final String BEGAN_EQUAL = "began equal";
    private static final double MOST_DIFFERENCE = 1e-3;

    private final BiFunction<Slice, ReadTokens, List<Coupling>> couplings;
    private final MeftSettings settings;
    private final StreamArithmetic arithmetic;
    private final AttentionView[] views;
    private final ReadTokens read;
    private final ForwardMode mode;
    private final List<Tensor> trained;

    /**
     * The layers over one batch.
     *
     * @param couplings of a slice, and of the tokens of it that are read, from the bottom to the top, at least one
     * @param views of every group of tokens
     * @param read the tokens of the first group that are read of the top layer; null for all of every group
     * @param trained everything that is trained in the layers
     */
    ReversibleStack(
            BiFunction<Slice, ReadTokens, List<Coupling>> couplings, MeftSettings settings, StreamArithmetic arithmetic,
            AttentionView[] views, ReadTokens read, ForwardMode mode, List<Tensor> trained) {
        this.couplings = couplings;
        this.settings = settings;
        this.arithmetic = arithmetic;
        this.views = views;
        this.read = read;
        this.mode = mode;
        this.trained = trained;
    }

    @Override
    protected List<Tensor> parameters() {
        return trained;
    }

    private ReversibleRun run(Slice slice, AttentionView[] ofAllRows, ReadTokens readOfAllRows, DType type) {
        return new ReversibleRun(couplings.apply(slice, slice.of(readOfAllRows)), arithmetic, settings.anchorDistance(),
                new Pass(slice.of(ofAllRows), mode, slice.number(), type));
    }

    // ---- forth ------------------------------------------------------------------------------------------------------

    @Override
    protected Tensor[] forward(FunctionContext context, Tensor... inputs) {
        for (AttentionView view : views) {
            context.save(view.tensorsAfter());
        }
        if (read != null) {
            context.save(read.tensorsAfter());
        }
        Tensor[] first = stream(0, inputs);
        Tensor[] second = stream(1, inputs);
        DType type = inputs[0].dtype();
        List<Slice> slices = Slice.of(first, settings.tokensAtOnceOf((int) first[0].size(2)));
        context.put(SLICES, slices);
        context.put(TYPE, type);
        context.put(SHAPE, inputs[0].shape());
        context.put(BEGAN_EQUAL, inputs[0].dataAddress() == inputs[1].dataAddress());
        Tape tape = context.isRecording() ? Tape.of(context) : Tape.NONE;
        Tensor[] outputs = read == null
                ? Arrays.stream(first).map(Tensors::emptyLike).toArray(Tensor[]::new)
                : new Tensor[] {Tensors.empty(type, first[0].device(), first[0].size(0), 1, first[0].size(2))};
        try (RandomReplay afterwardsAsBefore = new RandomReplay(Engine.randomState());
                RepeatableDraws required = context.isRecording() ? RepeatableDraws.require() : null) {
            for (Slice slice : slices) {
                try (TensorScope scope = TensorScope.open()) {
                    slice.copy(run(slice, views, read, type).forth(slice.of(first), slice.of(second), tape,
                            ReversibleRun.Observer.NONE), outputs);
                }
            }
        }
        return outputs;
    }

    /** One stream of every group. */
    private static Tensor[] stream(int stream, Tensor... inputs) {
        Tensor[] result = new Tensor[inputs.length / STREAMS];
        Arrays.setAll(result, group -> inputs[STREAMS * group + stream]);
        return result;
    }

    // ---- back -------------------------------------------------------------------------------------------------------

    @Override
    protected Tensor[] backward(FunctionContext context, Tensor... gradients) {
        Tensor[] byInputs = new Tensor[STREAMS * views.length];
        Tensor gradient = gradients[0];
        if (gradient == null) {
            return byInputs;
        }
        boolean inputWanted = context.needsGradient(0) || context.needsGradient(1);
        Tensor[] byStreams = new Tensor[inputWanted ? STREAMS : 0];
        Arrays.setAll(byStreams, stream ->
                Tensors.empty(gradient.dtype(), gradient.device(), context.get(SHAPE, long[].class)));
        AttentionView[] saved = savedViews(context);
        ReadTokens savedRead = savedRead(context);
        Tape tape = Tape.of(context);
        DType type = context.get(TYPE, DType.class);
        List<?> slices = context.get(SLICES, List.class);
        boolean checked = arithmetic.isExact() && context.get(BEGAN_EQUAL, Boolean.class);
        try (RandomReplay afterwardsAsBefore = new RandomReplay(Engine.randomState())) {
            for (Object each : slices.reversed()) {
                Slice slice = (Slice) each;
                try (TensorScope scope = TensorScope.open()) {
                    Tensor[] results = run(slice, saved, savedRead, type).back(
                            slice.of(gradient), inputWanted, tape, checked
                                    ? ReversibleStack::requireEqualBeginning : ReversibleRun.Observer.NONE);
                    slice.copy(results, byStreams);
                }
            }
        }
        System.arraycopy(byStreams, 0, byInputs, 0, byStreams.length);
        return byInputs;
    }

    /** Both streams began as the same states: whether they end so on the way back shows that nothing went wrong on it. */
    private static void requireEqualBeginning(int layer, Tensor[] first, Tensor[] second) {
        if (layer > 0) {
            return;
        }
        try (TensorScope scope = TensorScope.open()) {
            Tensor one = first[0].to(DType.FLOAT64);
            double difference = one.sub(second[0].to(DType.FLOAT64)).norm().item() / one.norm().item();
            if (difference > MOST_DIFFERENCE) {
                throw new IllegalStateException(String.format(Locale.ROOT, "The reversible layers did not come back to where"
                        + " they began (relative difference %.1e): an operator computes other values in the backward pass"
                        + " than in the forward pass; choose anchors as reconstruction, which bounds such errors",
                        difference));
            }
        }
    }

    private AttentionView[] savedViews(FunctionContext context) {
        AttentionView[] saved = new AttentionView[views.length];
        int tensors = views[0].tensorsAfter().length;
        for (int group = 0; group < saved.length; group++) {
            int at = group * tensors;
            saved[group] = views[group].over(context.saved(at), context.saved(at + 1), context.saved(at + 2));
        }
        return saved;
    }

    private ReadTokens savedRead(FunctionContext context) {
        int at = views.length * views[0].tensorsAfter().length;
        return read == null ? null
                : read.over(context.saved(at), context.saved(at + 1), context.saved(at + 2), context.saved(at + 3));
    }
}
