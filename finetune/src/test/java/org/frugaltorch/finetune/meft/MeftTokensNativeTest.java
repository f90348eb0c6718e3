package org.frugaltorch.finetune.meft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeyValue;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.StackOutput;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.model.TransformerBlock;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients through some tokens of a reversible model, against explicit stop-gradients over all tokens. */
class MeftTokensNativeTest {
    private static final double TOLERANCE = 2e-5;
    /** Columns of the ragged batch, by row. */
    private static final int[][] CHOSEN = {{0, 3, 4, 9}, {0, 2}, {0, 1, 5}};

    @ParameterizedTest
    @CsvSource({"MEFT1, encoder", "MEFT2, encoder", "MEFT3, encoder", "MEFT1, decoder", "MEFT3, decoder"})
    void gradientsAreThoseOfStoppingThemAtAllOtherTokens(MeftVariant variant, String kind) {
        MeftSettings settings = MeftSettings.of(variant).withTokensAtOnce(12);
        long handles = TensorScope.liveHandles();
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = kind.equals("encoder")
                        ? ReversibleModel.encoder(4, 0, settings) : ReversibleModel.decoder(4, settings)) {
            Meft some = model.meft.over((stack, batch, seed) -> CHOSEN);
            Map<String, Tensor> stopped = gradients(model, stopping(model), true);
            Golden.assertGradientsClose(gradients(model, some, false), stopped, TOLERANCE);
            Meft ordinary = some.running(settings.withLayers(0, ShallowLayers.TRAINED));
            Golden.assertGradientsClose(gradients(model, ordinary, false), stopped, TOLERANCE);
        }
        assertThat(TensorScope.liveHandles()).isEqualTo(handles);
    }

    @Test
    void forwardValuesAreThoseOfAllTokens() {
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = ReversibleModel.encoder(4, 0, MeftSettings.of(MeftVariant.MEFT1))) {
            StackOutput all = model.states(model.meft);
            StackOutput some = model.states(model.meft.over((stack, batch, seed) -> CHOSEN));
            Golden.assertClose("mean", Pooling.MEAN.pool(some), Pooling.MEAN.pool(all), TOLERANCE);
            assertThat(some.constantStates().requiresGrad()).isFalse();
        }
    }

    @Test
    void withDropoutTheInputsComeBackToTheBitToo() {
        MeftSettings settings = MeftSettings.of(MeftVariant.MEFT3);
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = ReversibleModel.encoder(12, 0.1, settings)) {
            assertThat(ReconstructionErrors.of(model.meft.over((stack, batch, seed) -> CHOSEN), model.stack,
                    ReversibleModel.batch(), ForwardMode.train(3))).hasSize(12).containsOnly(0);
        }
    }

    @Test
    void allTokensChosenIsTheOrdinaryWay() {
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = ReversibleModel.encoder(2, 0.1, MeftSettings.of(MeftVariant.MEFT1))) {
            Meft all = model.meft.over((stack, batch, seed) -> every(batch));
            model.gradients(all).forEach((name, gradient) -> assertThat(gradient.toFloats()).as(name)
                    .isEqualTo(model.gradients(model.meft).get(name).toFloats()));
        }
    }

    private static int[][] every(TokenBatch batch) {
        int[][] columns = new int[batch.rows()][];
        Arrays.setAll(columns, row -> IntStream.range(0, batch.length(row)).toArray());
        return columns;
    }

    private static Map<String, Tensor> gradients(ReversibleModel model, ActivationStrategy strategy, boolean ofAll) {
        model.parameters.clearGrads();
        Engine.seed(1);
        Tensor pooled = ofAll
                ? chosen().mul(model.states(strategy).hiddenStates()).sum(1, false).div(lengths())
                : Pooling.SELECTED_MEAN.pool(model.states(strategy));
        Engine.seed(2);
        Backward.run(pooled, Tensors.randn(pooled.shape()));
        Map<String, Tensor> gradients = new TreeMap<>();
        model.parameters.trainableByName().forEach((name, parameter) -> gradients.put(name, parameter.grad()));
        return gradients;
    }

    private static Tensor lengths() {
        return Tensors.of(new float[] {CHOSEN[0].length, CHOSEN[1].length, CHOSEN[2].length}, 3, 1);
    }

    // ---- the definition ---------------------------------------------------------------------------------------------

    /** 1 for chosen tokens, 0 for others. [B, T, 1] */
    private static Tensor chosen() {
        float[] flags = new float[ReversibleModel.ROWS * ReversibleModel.WIDTH];
        for (int row = 0; row < ReversibleModel.ROWS; row++) {
            for (int column : CHOSEN[row]) {
                flags[row * ReversibleModel.WIDTH + column] = 1;
            }
        }
        return Tensors.of(flags, ReversibleModel.ROWS, ReversibleModel.WIDTH, 1);
    }

    /** The same values, constant where a token was not chosen. */
    private static Tensor cut(Tensor states, Tensor chosen) {
        return states.mul(chosen).add(states.detach().mul(chosen.mul(-1).add(1)));
    }

    private static ActivationStrategy stopping(ReversibleModel model) {
        return (stack, batch, mode, wanted) -> {
            TokenGroup tokens = TokenGroup.all(batch);
            AttentionView view = stack.view(tokens, tokens);
            Tensor first = stack.embeddings().forward(tokens, mode);
            Tensor second = first;
            MeftSettings settings = model.meft.settings();
            for (TransformerBlock block : stack.blocks()) {
                AdaptedBlock adapted = model.meft.block(stack, stack.blocks().indexOf(block), Slice.all(new Tensor[] {first}), null);
                first = cut(first.mul(settings.lambda()).add(f(settings, adapted, second, view, mode)), chosen());
                second = cut(second.mul(settings.beta()).add(g(settings, adapted, first, view, mode)), chosen());
                if (settings.variant() != MeftVariant.MEFT3) {
                    Tensor other = first;
                    first = second;
                    second = other;
                }
            }
            return new StackOutput(tokens, stack.finish(first.add(second).mul(0.5)));
        };
    }

    private static Tensor f(
            MeftSettings settings, AdaptedBlock adapted, Tensor read, AttentionView view, ForwardMode mode) {
        return switch (settings.variant()) {
            case MEFT1 -> transformed(adapted, attended(adapted, read, view, mode), mode);
            case MEFT2 -> adapted.adapters().alone().apply(read, mode);
            case MEFT3 -> attended(adapted, read, view, mode);
        };
    }

    private static Tensor g(
            MeftSettings settings, AdaptedBlock adapted, Tensor read, AttentionView view, ForwardMode mode) {
        return switch (settings.variant()) {
            case MEFT1 -> adapted.adapters().alone().apply(read, mode);
            case MEFT2 -> transformed(adapted, attended(adapted, read, view, mode), mode);
            case MEFT3 -> transformed(adapted, read, mode);
        };
    }

    private static Tensor attended(AdaptedBlock adapted, Tensor read, AttentionView view, ForwardMode mode) {
        TransformerBlock block = adapted.block();
        Tensor input = block.attentionInput(read).alias();
        KeyValue keyValue = block.attention().keyValue(input, view);
        Tensor heads = chosen().unsqueeze(1); // [B, 1, T, 1]
        KeyValue stopped = new KeyValue(cut(keyValue.key(), heads), cut(keyValue.value(), heads));
        return cut(block.attend(read, input, stopped, view, mode, adapted.adapters().behindAttention()), chosen());
    }

    private static Tensor transformed(AdaptedBlock adapted, Tensor read, ForwardMode mode) {
        return cut(adapted.block().transform(read, mode, adapted.adapters().besideFeedForward()), chosen());
    }
}
