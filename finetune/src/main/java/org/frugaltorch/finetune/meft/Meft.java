package org.frugaltorch.finetune.meft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.StackOutput;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.model.TransformerStack;
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
    private final MeftSettings settings;
    private final List<AdaptedBlock> blocks;
    private final Parameters model;
    private final TokenChoice choice;

    private Meft(MeftSettings settings, List<AdaptedBlock> blocks, Parameters model, TokenChoice choice) {
        this.settings = settings;
        this.blocks = blocks;
        this.model = model;
        this.choice = choice;
    }

    /**
     * Freezes a model and gives it adapters, drawn from the engine's generator, under names such as
     * {@code meft.layer.0.alone.down.weight} among its parameters.
     *
     * @param model the parameters of the stack, of its head too
     * @param adapterType of the adapters' weights; float32 on a model in bfloat16 trains more precisely
     * @param alsoTrained of which names other parameters stay trained, such as those of a new head
     * @throws IllegalArgumentException when the settings do not fit the model
     */
    public static Meft attach(
            TransformerStack stack, Parameters model, MeftSettings settings, DType adapterType,
            Predicate<String> alsoTrained) {
        int layers = stack.blocks().size();
        settings.reversibleOf(layers);
        Map<String, Tensor> trainable = model.trainableByName();
        trainable.keySet().removeIf(alsoTrained);
        trainable.values().forEach(parameter -> parameter.setRequiresGrad(false));
        AdapterFactory factory = new AdapterFactory(model, settings, stack.config(), adapterType);
        List<AdaptedBlock> blocks = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            blocks.add(layer < settings.firstAdapted(layers)
                    ? AdaptedBlock.plain(stack.blocks().get(layer))
                    : factory.adapted(layer, stack.blocks().get(layer)));
        }
        return new Meft(settings, blocks, model, null);
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
                || other.firstAdapted(blocks.size()) != settings.firstAdapted(blocks.size())) {
            throw new IllegalArgumentException(
                    "A model's variant, adapters and layers with adapters cannot be changed once it has weights for them");
        }
        return new Meft(other, blocks, model, choice);
    }

    /**
     * The same model with gradients through some tokens only; the others are constants everywhere. Forward values are the
     * same.
     */
    public Meft over(TokenChoice tokens) {
        return new Meft(settings, blocks, model, tokens);
    }

    // ---- a run ------------------------------------------------------------------------------------------------------

    @Override
    public StackOutput run(TransformerStack stack, TokenBatch batch, ForwardMode mode, boolean wantConstants) {
        try (TensorScope scope = TensorScope.open()) {
            Start start = start(stack, batch, mode);
            Tensor[] results = start.couplings.isEmpty()
                    ? start.streams.means()
                    : new ReversibleStack(start.couplings, settings, start.arithmetic, start.views, mode, model.trainable())
                            .apply(start.streams.interleaved());
            start.streams.close();
            Tensor carrying = scope.promote(stack.finish(results[0]));
            if (results.length == 1 || !wantConstants) {
                return new StackOutput(start.groups[0], carrying);
            }
            try (GradMode off = GradMode.disabled()) {
                Tensor constant = scope.promote(stack.finish(results[1].detach()));
                return new StackOutput(start.groups[0], carrying, start.groups[1], constant);
            }
        }
    }

    /** A batch in front of the reversible layers. */
    record Start(
            TokenGroup[] groups, AttentionView[] views, TwoStreams streams, List<Coupling> couplings,
            StreamArithmetic arithmetic) {}

    /** Embeddings and shallow layers; the results belong to the innermost scope. */
    Start start(TransformerStack stack, TokenBatch batch, ForwardMode mode) {
        TokenGroup[] groups = groups(stack, batch, mode);
        AttentionView[] views = views(stack, groups);
        Tensor[] states = new Tensor[groups.length];
        for (int group = 0; group < groups.length; group++) {
            try (TensorScope scope = TensorScope.open();
                    GradMode recording = recording(group)) {
                states[group] = scope.promote(stack.embeddings().forward(groups[group], mode)); // [B, P, H]
            }
        }
        TwoStreams streams = TwoStreams.of(frozen(states, views, mode));
        int layers = blocks.size();
        int firstReversible = layers - settings.reversibleOf(layers);
        for (int layer = settings.firstAdapted(layers); layer < firstReversible; layer++) {
            try (TensorScope scope = TensorScope.open()) {
                TwoStreams next = streams.after(coupling(layer), views, mode).promoted(scope);
                streams.close();
                streams = next;
            }
        }
        return new Start(groups, views, streams, couplings(firstReversible),
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
        return groups.length == 1
                ? new AttentionView[] {stack.view(groups[0], groups[0])}
                : new AttentionView[] {
                    stack.view(groups[0], groups[1], groups[0]), stack.view(groups[1], groups[1], groups[0])
                };
    }

    /** Through the layers that are the pretrained ones, a few rows at a time; nothing is recorded. */
    private Tensor[] frozen(Tensor[] states, AttentionView[] views, ForwardMode mode) {
        int frozen = settings.firstAdapted(blocks.size());
        if (frozen == 0) {
            return states;
        }
        try (GradMode off = GradMode.disabled()) {
            Tensor[] results = new Tensor[states.length];
            Arrays.setAll(results, group -> states[group].detach());
            for (Slice slice : Slice.of(results, settings.tokensAtOnce())) {
                try (TensorScope scope = TensorScope.open()) {
                    AttentionView[] ofRows = slice.of(views);
                    Tensor[] current = slice.of(results);
                    for (AdaptedBlock block : blocks.subList(0, frozen)) {
                        Tensor[] next = block.whole().apply(current, ofRows, mode);
                        Arrays.stream(current).forEach(Tensor::close);
                        current = next;
                    }
                    slice.copy(current, results);
                }
            }
            return results;
        }
    }

    /** The layers from that one on. */
    List<Coupling> couplings(int firstLayer) {
        return IntStream.range(firstLayer, blocks.size()).mapToObj(this::coupling).toList();
    }

    private Coupling coupling(int layer) {
        return Coupling.of(settings, layer, blocks.get(layer));
    }
}
