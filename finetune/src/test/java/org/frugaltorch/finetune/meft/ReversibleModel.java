package org.frugaltorch.finetune.meft;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.BlockLayout;
import org.frugaltorch.finetune.model.FinalStates;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.ModelFamily;
import org.frugaltorch.finetune.model.ParameterNames;
import org.frugaltorch.finetune.model.RandomSource;
import org.frugaltorch.finetune.model.RotaryEmbedding;
import org.frugaltorch.finetune.model.RotaryScaling;
import org.frugaltorch.finetune.model.StackBuilder;
import org.frugaltorch.finetune.model.StackOutput;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.model.TransformerBlock;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.finetune.model.bert.BertFamily;
import org.frugaltorch.finetune.model.llama.LlamaFamily;
import org.frugaltorch.nn.Activation;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** A stack of random weights that is made reversible, with a ragged batch of three rows for it. */
final class ReversibleModel implements AutoCloseable {
    static final int HIDDEN = 64;
    static final int ROWS = 3;
    static final int WIDTH = 10;

    private static final int VOCABULARY = 50;
    private static final long PASS = 77;

    final TransformerStack stack;
    final Parameters parameters = new Parameters();
    final Meft meft;

    private ReversibleModel(TransformerConfig config, ModelFamily family, MeftSettings settings) {
        Engine.seed(5);
        try (TensorScope scope = TensorScope.open()) {
            stack = new StackBuilder(config, family.names(), new RandomSource(DType.FLOAT32, Device.CPU), parameters)
                    .stack();
        }
        meft = Meft.attach(stack, parameters, settings, DType.FLOAT32, name -> false);
    }

    /** Norms behind the sums, as in BERT; weights large enough for the layers to matter. */
    static ReversibleModel encoder(int layers, double dropout, MeftSettings settings) {
        return new ReversibleModel(new TransformerConfig("bert", VOCABULARY, HIDDEN, layers, 4, 4, 16, 128, 32, 2,
                BlockLayout.POST_NORM_ENCODER, Activation.GELU, 1e-12, dropout, dropout, 0.1, 0, null, true),
                BertFamily.BERT, settings);
    }

    /** The same of another width, without dropout, for batches of up to 32 tokens a row. */
    static ReversibleModel wide(int layers, int hidden, MeftSettings settings) {
        return new ReversibleModel(new TransformerConfig("bert", VOCABULARY, hidden, layers, 4, 4, hidden / 4, 4 * hidden, 32,
                2, BlockLayout.POST_NORM_ENCODER, Activation.GELU, 1e-12, 0, 0, 0.02, 0, null, true),
                BertFamily.BERT, settings);
    }

    /** Norms before, causal, rotary, queries that share keys, as in Llama 3. */
    static ReversibleModel decoder(int layers, MeftSettings settings) {
        return new ReversibleModel(new TransformerConfig("llama", VOCABULARY, HIDDEN, layers, 4, 2, 16, 96, 32, 0,
                BlockLayout.preNormDecoder(0, EnumSet.noneOf(ParameterNames.Part.class)),
                Activation.SILU, 1e-6, 0, 0, 0.1, 0,
                new RotaryEmbedding(16, 10_000, new RotaryScaling.None()), false), LlamaFamily.LLAMA, settings);
    }

    static TokenBatch batch() {
        RandomGenerator random = new Random(1);
        long[] ids = random.longs(ROWS * WIDTH, 1, VOCABULARY).toArray();
        boolean[] valid = new boolean[ids.length];
        for (int row = 0; row < ROWS; row++) {
            Arrays.fill(valid, row * WIDTH, (row + 1) * WIDTH - 2 * row, true);
        }
        return new TokenBatch(ROWS, WIDTH, ids, valid, new long[ids.length]);
    }

    /** Final states in training. */
    StackOutput states(ActivationStrategy strategy) {
        Engine.seed(PASS); // as the trainer does: embeddings draw from the generator as it is
        return strategy.run(stack, batch(), ForwardMode.train(PASS), FinalStates.ALL);
    }

    /** Gradients of a loss that reads every final state, by parameter. */
    Map<String, Tensor> gradients(ActivationStrategy strategy) {
        parameters.clearGrads();
        try (TensorScope scope = TensorScope.open()) {
            Tensor output = states(strategy).hiddenStates();
            Backward.run(output, direction(output));
            Map<String, Tensor> gradients = new TreeMap<>();
            parameters.trainableByName().forEach((name, parameter) -> {
                Tensor gradient = parameter.grad();
                if (gradient != null) {
                    gradients.put(name, scope.promote(gradient));
                }
            });
            return gradients;
        }
    }

    private static Tensor direction(Tensor output) {
        RandomGenerator random = new Random(2);
        float[] values = new float[(int) output.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensors.of(values, output.shape());
    }

    /** Ordinary back-propagation through the same network. */
    Meft ordinary() {
        return meft.running(meft.settings().withLayers(0, ShallowLayers.TRAINED));
    }

    /** Ordinary back-propagation with single blocks below. */
    ActivationStrategy frozenThenOrdinary(int frozen) {
        return (model, batch, mode, wanted) -> {
            TokenGroup tokens = TokenGroup.all(batch);
            AttentionView[] views = {model.view(tokens, tokens)};
            Tensor states = model.embeddings().forward(tokens, mode);
            for (TransformerBlock block : model.blocks().subList(0, frozen)) {
                Tensor input = block.attentionInput(states);
                states = block.forward(states, input, block.attention().keyValue(input, views[0]), views[0], mode);
            }
            TwoStreams streams = TwoStreams.of(new Tensor[] {states});
            Pass pass = new Pass(views, mode, 0, states.dtype());
            for (Coupling coupling : meft.couplings(model, frozen, Slice.all(streams.first()), null)) {
                streams = streams.after(coupling, pass);
            }
            return new StackOutput(tokens, streams.means()[0]);
        };
    }

    @Override
    public void close() {
        parameters.close();
    }
}
