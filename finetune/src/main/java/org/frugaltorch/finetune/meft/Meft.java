package org.frugaltorch.finetune.meft;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.engine.RandomReplay;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.FinalStates;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.LookedAt;
import org.frugaltorch.finetune.model.ReadTokens;
import org.frugaltorch.finetune.model.StackOutput;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.model.TransformerBlock;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Runs a stack as two streams that are coupled by the pretrained blocks and small trained adapters ("Make pre-trained
 * model reversible: from parameter to memory efficient fine-tuning", Liao et al. 2023). Layers are inverted in the
 * backward pass, so memory for activations does not depend on their number, but for what {@link Reconstruction} keeps.
 *
 * <p>Unlike other strategies, this one changes what the model computes: training, evaluation and prediction must all run
 * through it. What comes out is the mean of both streams, at small factors and adapters about the mean of what the last
 * two layers of the pretrained model give.
 */
public final class Meft implements ActivationStrategy {
    private static final String PREFIX = "meft.";

    private final MeftSettings settings;
    /** By the layer that projects queries, which is the same in all stacks that share a block. */
    private final Map<Linear, AdaptedBlock.Adapters> adapters;
    private final List<Integer> depths;
    private final Parameters model;
    private final TokenChoice choice;
    private final LookedAt lookedAt;

    private Meft(
            MeftSettings settings, Map<Linear, AdaptedBlock.Adapters> adapters, List<Integer> depths, Parameters model,
            TokenChoice choice, LookedAt lookedAt) {
        this.settings = settings;
        this.adapters = adapters;
        this.depths = depths;
        this.model = model;
        this.choice = choice;
        this.lookedAt = lookedAt;
    }

    /** The same for a model of one stack. */
    public static Meft attach(
            TransformerStack stack, Parameters model, MeftSettings settings, DType adapterType,
            Predicate<String> alsoTrained) {
        return attach(List.of(stack), model, settings, adapterType, alsoTrained);
    }

    /**
     * Freezes a model and gives it adapters, drawn from the engine's generator, under names such as
     * {@code meft.layer.0.alone.down.weight} among its parameters; where there are several stacks, such as
     * {@code meft.stack1.layer.0.alone.down.weight}.
     *
     * @param stacks of the model, each of them made reversible by itself
     * @param model the parameters of the stacks, of the head too
     * @param adapterType of the adapters' weights; float32 on a model in bfloat16 trains more precisely
     * @param alsoTrained of which names other parameters stay trained, such as those of a new head
     * @throws IllegalArgumentException when the settings do not fit the model
     */
    public static Meft attach(
            List<TransformerStack> stacks, Parameters model, MeftSettings settings, DType adapterType,
            Predicate<String> alsoTrained) {
        List<Integer> depths = stacks.stream().map(stack -> stack.blocks().size()).toList();
        depths.forEach(settings::reversibleOf);
        Map<String, Tensor> trainable = model.trainableByName();
        trainable.keySet().removeIf(alsoTrained);
        trainable.values().forEach(parameter -> parameter.setRequiresGrad(false));
        Map<Linear, AdaptedBlock.Adapters> adapters = new IdentityHashMap<>();
        for (int i = 0; i < stacks.size(); i++) {
            TransformerStack stack = stacks.get(i);
            AdapterFactory factory = new AdapterFactory(model, settings, stack.config(), adapterType,
                    PREFIX + (stacks.size() == 1 ? "" : "stack" + i + "."));
            for (int layer = 0; layer < depths.get(i); layer++) {
                adapters.put(stack.blocks().get(layer).attention().query(), layer < settings.frozenOf(depths.get(i))
                        ? AdaptedBlock.Adapters.NONE : factory.adapters(layer));
            }
        }
        return new Meft(settings, adapters, depths, model, null, LookedAt.THEMSELVES);
    }

    /** How the model was made reversible. */
    public MeftSettings settings() {
        return settings;
    }

    /**
     * The same model with other settings of how it is run. Without reversible layers and with shallow ones trained, it is
     * the ordinary way to train the very same network.
     *
     * @throws IllegalArgumentException when variant, adapters or the layers that have some differ: those are the weights
     */
    public Meft running(MeftSettings other) {
        if (other.variant() != settings.variant() || !other.adapter().equals(settings.adapter())
                || depths.stream().anyMatch(depth -> other.frozenOf(depth) != settings.frozenOf(depth))) {
            throw new IllegalArgumentException(
                    "A model's variant, adapters and layers with adapters cannot be changed once it has weights for them");
        }
        return new Meft(other, adapters, depths, model, choice, lookedAt);
    }

    /**
     * The same model with gradients through some tokens only; the others are constants everywhere. Forward values are the
     * same.
     */
    public Meft over(TokenChoice tokens) {
        return new Meft(settings, adapters, depths, model, tokens, lookedAt);
    }

    // ---- a run ------------------------------------------------------------------------------------------------------

    @Override
    public StackOutput run(TransformerStack stack, TokenBatch batch, ForwardMode mode, FinalStates wanted) {
        try (TensorScope scope = TensorScope.open()) {
            Start start = start(stack, batch, mode, wanted);
            Tensor[] results = through(stack, start, mode);
            Tensor carrying = scope.promote(stack.finish(results[0]));
            TokenGroup tokens = start.read == null ? start.groups[0] : start.read.tokens();
            if (start.groups.length == 1) {
                return new StackOutput(tokens, carrying);
            }
            if (!wanted.constants()) {
                return new StackOutput(tokens, carrying, start.groups[1], null);
            }
            try (GradMode off = GradMode.disabled()) {
                Tensor constant = scope.promote(stack.finish(results[1].detach()));
                return new StackOutput(tokens, carrying, start.groups[1], constant);
            }
        }
    }

    /** All rows at once: what is looked at is not divided by rows. */
    @Override
    public Tensor read(TransformerStack stack, TokenGroup tokens, AttentionView view, LookedAt others) {
        Meft reading = new Meft(settings.withTokensAtOnce(0), adapters, depths, model, null, others);
        try (TensorScope scope = TensorScope.open()) {
            Start start = reading.start(
                    stack, new TokenGroup[] {tokens}, new AttentionView[] {view}, null, ForwardMode.EVALUATE);
            return scope.promote(reading.through(stack, start, ForwardMode.EVALUATE)[0]);
        }
    }

    /** Through the reversible layers: the means of both streams, by group of tokens. */
    private Tensor[] through(TransformerStack stack, Start start, ForwardMode mode) {
        Tensor[] means = start.firstReversible == stack.blocks().size()
                ? start.streams.means()
                : new ReversibleStack((slice, read) -> couplings(stack, start.firstReversible, slice, read), settings,
                        start.arithmetic, start.views, start.read, mode, model.trainable()).apply(start.streams.interleaved());
        start.streams.close();
        return means;
    }

    /**
     * A batch in front of the reversible layers.
     *
     * @param read the tokens of the first group that are read of the top layer; null for all of every group
     */
    record Start(
            TokenGroup[] groups, AttentionView[] views, ReadTokens read, TwoStreams streams, int firstReversible,
            StreamArithmetic arithmetic) {}

    /** Embeddings and shallow layers; the results belong to the innermost scope. */
    Start start(TransformerStack stack, TokenBatch batch, ForwardMode mode, FinalStates wanted) {
        TokenGroup[] groups = groups(stack, batch, mode);
        return start(stack, groups, views(stack, groups), ReadTokens.of(stack, wanted, groups[0], lookedAt(groups)), mode);
    }

    private Start start(
            TransformerStack stack, TokenGroup[] groups, AttentionView[] views, ReadTokens read, ForwardMode mode) {
        Tensor[] states = new Tensor[groups.length];
        for (int group = 0; group < groups.length; group++) {
            try (TensorScope scope = TensorScope.open();
                    GradMode recording = recording(group)) {
                states[group] = scope.promote(stack.embeddings().forward(groups[group], mode)); // [B, P, H]
            }
        }
        int firstReversible = stack.blocks().size() - settings.reversibleOf(stack.blocks().size());
        TwoStreams streams = throughShallow(stack, frozen(stack, states, views, mode), firstReversible, read, views, mode);
        return new Start(groups, views, read, streams, firstReversible,
                StreamArithmetic.of(settings, stack.config().layout(), streams.first()[0].dtype()));
    }

    /** What carries gradients is recorded if the caller records, what is constant never. */
    private static GradMode recording(int group) {
        return group == 0 && GradMode.isEnabled() ? GradMode.enabled() : GradMode.disabled();
    }

    /** All tokens; or those that carry gradients and those that do not. */
    private TokenGroup[] groups(TransformerStack stack, TokenBatch batch, ForwardMode mode) {
        if (choice == null) {
            return new TokenGroup[] {TokenGroup.all(batch)};
        }
        int[][] chosen = choice.choose(stack, batch, mode.seed());
        int[][] others = TokenGroup.others(batch, chosen);
        return Arrays.stream(others).allMatch(row -> row.length == 0)
                ? new TokenGroup[] {TokenGroup.all(batch)}
                : new TokenGroup[] {TokenGroup.of(batch, chosen), TokenGroup.of(batch, others)};
    }

    private static AttentionView[] views(TransformerStack stack, TokenGroup... groups) {
        return Arrays.stream(groups).map(group -> stack.view(group, lookedAt(groups))).toArray(AttentionView[]::new);
    }

    /** Constants first, as attention has them. */
    private static TokenGroup[] lookedAt(TokenGroup... groups) {
        return groups.length == 1 ? groups : new TokenGroup[] {groups[1], groups[0]};
    }

    /** Through the layers that are the pretrained ones, a few rows at a time; nothing is recorded. */
    private Tensor[] frozen(TransformerStack stack, Tensor[] states, AttentionView[] views, ForwardMode mode) {
        int frozen = settings.frozenOf(stack.blocks().size());
        if (frozen == 0) {
            return states;
        }
        try (GradMode off = GradMode.disabled()) {
            Tensor[] results = new Tensor[states.length];
            Arrays.setAll(results, group -> states[group].detach());
            for (Slice slice : Slice.of(results, settings.tokensAtOnceOf(stack.config().hiddenSize()))) {
                try (TensorScope scope = TensorScope.open()) {
                    AttentionView[] ofRows = slice.of(views);
                    Tensor[] current = slice.of(results);
                    for (int layer = 0; layer < frozen; layer++) {
                        Tensor[] next = block(stack, layer, slice, null).whole().apply(current, ofRows, mode);
                        Arrays.stream(current).forEach(Tensor::close);
                        current = next;
                    }
                    slice.copy(current, results);
                }
            }
            return results;
        }
    }

    /** The layers from that one on, for some rows of a batch, of which some tokens are read. */
    List<Coupling> couplings(TransformerStack stack, int firstLayer, Slice slice, ReadTokens read) {
        return IntStream.range(firstLayer, stack.blocks().size())
                .mapToObj(layer -> coupling(stack, layer, slice, read)).toList();
    }

    /** Through the layers that have adapters and keep their activations; leaves the generator as it was, as others do. */
    private TwoStreams throughShallow(
            TransformerStack stack, Tensor[] states, int firstReversible, ReadTokens read, AttentionView[] views,
            ForwardMode mode) {
        TwoStreams streams = TwoStreams.of(states);
        Slice all = Slice.all(states);
        Pass pass = new Pass(views, mode, all.number(), states[0].dtype());
        try (TensorScope keeping = TensorScope.open();
                RandomReplay afterwardsAsBefore = new RandomReplay(Engine.randomState())) {
            for (int layer = settings.frozenOf(stack.blocks().size()); layer < firstReversible; layer++) {
                try (TensorScope scope = TensorScope.open()) {
                    TwoStreams next = streams.after(coupling(stack, layer, all, read), pass).promoted(scope);
                    streams.close();
                    streams = next;
                }
            }
            return streams.promoted(keeping);
        }
    }

    private Coupling coupling(TransformerStack stack, int layer, Slice slice, ReadTokens read) {
        boolean top = layer == stack.blocks().size() - 1;
        return Coupling.of(settings, layer, block(stack, layer, slice, top ? read : null));
    }

    AdaptedBlock block(TransformerStack stack, int layer, Slice slice, ReadTokens read) {
        TransformerBlock block = stack.blocks().get(layer);
        AdaptedBlock.Adapters present = adapters.get(block.attention().query());
        if (present == null) {
            throw new IllegalArgumentException("This stack is none of those that were made reversible");
        }
        return new AdaptedBlock(block, present, slice, own -> lookedAt.in(layer, own), read);
    }
}
