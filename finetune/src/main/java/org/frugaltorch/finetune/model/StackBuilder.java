package org.frugaltorch.finetune.model;

import static org.frugaltorch.finetune.model.ParameterNames.Part;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.frugaltorch.io.DataException;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.nn.Norm;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/** Puts a model's parts together from a configuration, a family's names and a source of weights. */
public final class StackBuilder {
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    private final TransformerConfig config;
    private final ParameterNames names;
    private final ParameterSource source;
    private final Parameters parameters;
    private final Predicate<String> trainable;
    private final LinearTreatment treatment;

    /** @param parameters receives every weight, trainable */
    public StackBuilder(
            TransformerConfig config, ParameterNames names, ParameterSource source, Parameters parameters) {
        this(config, names, source, parameters, name -> true, LinearTreatment.NONE);
    }

    /**
     * A builder of a model that is trained in part.
     *
     * @param parameters receives every weight
     * @param trainable of which names the weights require gradients
     * @param treatment of every linear layer
     */
    public StackBuilder(
            TransformerConfig config, ParameterNames names, ParameterSource source, Parameters parameters,
            Predicate<String> trainable, LinearTreatment treatment) {
        this.config = config;
        this.names = names;
        this.source = source;
        this.parameters = parameters;
        this.trainable = trainable;
        this.treatment = treatment;
    }

    /** Embeddings, blocks and final norm. */
    public TransformerStack stack() {
        List<TransformerBlock> blocks = new ArrayList<>();
        Embeddings embeddings = embeddings();
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            blocks.add(block(layer));
        }
        refuseMoreLayers();
        Norm finalNorm = config.layout().preNorm() ? norm(Part.FINAL_NORM, 0, config.hiddenSize()) : null;
        Linear finalProjection = projection(Part.OUTPUT_PROJECTION, config.input().wordSize(), config.hiddenSize());
        return new TransformerStack(config, embeddings, List.copyOf(blocks), finalNorm, finalProjection);
    }

    /** Weights beyond the last block would otherwise be left out without a word. */
    private void refuseMoreLayers() {
        String beyond = names.of(Part.QUERY, config.numHiddenLayers()) + WEIGHT;
        if (source instanceof CheckpointSource checkpoint && checkpoint.has(beyond)) {
            throw new DataException("The weights contradict config.json: they hold " + beyond
                    + ", but num_hidden_layers is " + config.numHiddenLayers());
        }
    }

    private Embeddings embeddings() {
        InputLayout input = config.input();
        if (input.image() != null) {
            return patchEmbeddings(input.image());
        }
        int rows = input.positionOffset() + config.maxPositionEmbeddings();
        return new TokenEmbeddings(
                table(Part.WORD_EMBEDDINGS, config.vocabSize(), input.wordSize()),
                input.wordScale(),
                projection(Part.INPUT_PROJECTION, config.hiddenSize(), input.wordSize()),
                table(Part.POSITION_EMBEDDINGS, rows, config.hiddenSize()),
                input.positionOffset(),
                table(Part.TOKEN_TYPE_EMBEDDINGS, config.typeVocabSize(), config.hiddenSize()),
                norm(Part.EMBEDDING_NORM, 0, config.hiddenSize()),
                input.dropped() ? config.hiddenDropout() : 0);
    }

    private Embeddings patchEmbeddings(ImageLayout image) {
        Initializer normal = new Initializer.Normal(config.initializerRange());
        int size = config.hiddenSize();
        String projection = names.of(Part.PATCH_PROJECTION);
        return new PatchEmbeddings(
                parameter(projection + WEIGHT, normal, size, image.channels(), image.patchSize(), image.patchSize()),
                parameter(projection + BIAS, new Initializer.Constant(0), size),
                parameter(names.of(Part.CLASS_TOKEN), normal, 1, 1, size),
                parameter(names.of(Part.POSITION_EMBEDDINGS), normal, 1, 1 + image.patches(), size),
                config.hiddenDropout());
    }

    /** Between the size of words and that of the stack, where the two differ. */
    private Linear projection(Part part, int out, int in) {
        return names.has(part) && out != in ? linear(part, 0, out, in) : null;
    }

    private TransformerBlock block(int layer) {
        return new TransformerBlock(
                attention(layer), norm(Part.ATTENTION_NORM, layer, config.hiddenSize()),
                feedForward(layer), norm(Part.FEED_FORWARD_NORM, layer, config.hiddenSize()),
                config.layout(), config.hiddenDropout(), config.encoder() == null ? null : crossAttention(layer));
    }

    private CrossAttention crossAttention(int layer) {
        int heads = config.numAttentionHeads() * config.headSize();
        SelfAttention attention = new SelfAttention(
                linear(Part.CROSS_QUERY, layer, heads, config.hiddenSize()),
                linear(Part.CROSS_KEY, layer, heads, config.hiddenSize()),
                linear(Part.CROSS_VALUE, layer, heads, config.hiddenSize()),
                linear(Part.CROSS_OUTPUT, layer, config.hiddenSize(), heads),
                null, null, config.headSize(), config.attentionDropout());
        return new CrossAttention(attention, norm(Part.CROSS_NORM, layer, config.hiddenSize()), null);
    }

    private SelfAttention attention(int layer) {
        int queries = config.numAttentionHeads() * config.headSize();
        int keys = config.numKeyValueHeads() * config.headSize();
        return new SelfAttention(
                linear(Part.QUERY, layer, queries, config.hiddenSize()),
                linear(Part.KEY, layer, keys, config.hiddenSize()),
                linear(Part.VALUE, layer, keys, config.hiddenSize()),
                linear(Part.ATTENTION_OUTPUT, layer, config.hiddenSize(), queries),
                norm(Part.QUERY_NORM, layer, config.headSize()),
                norm(Part.KEY_NORM, layer, config.headSize()),
                config.headSize(),
                config.attentionDropout());
    }

    private FeedForward feedForward(int layer) {
        int inner = config.intermediateSize();
        Linear up = linear(Part.FEED_FORWARD_UP, layer, inner, config.hiddenSize());
        Linear down = linear(Part.FEED_FORWARD_DOWN, layer, config.hiddenSize(), inner);
        return names.has(Part.FEED_FORWARD_GATE)
                ? new FeedForward.Gated(
                        linear(Part.FEED_FORWARD_GATE, layer, inner, config.hiddenSize()), up, down, config.activation())
                : new FeedForward.Plain(up, down, config.activation(), config.activationDropout());
    }

    private Linear linear(Part part, int layer, int out, int in) {
        return linear(names.of(part, layer), out, in, config.layout().biased().contains(part));
    }

    /** A linear layer with bias. */
    public Linear linear(String name, int out, int in) {
        return linear(name, out, in, true);
    }

    /** A linear layer. */
    public Linear linear(String name, int out, int in, boolean biased) {
        LinearWeight matrix = source.packed(name, parameters, out, in)
                .map(packed -> requireFrozen(name, packed))
                .orElseGet(() -> new LinearWeight.Dense(
                        parameter(name + WEIGHT, new Initializer.Normal(config.initializerRange()), out, in)));
        Tensor bias = biased ? parameter(name + BIAS, new Initializer.Constant(0), out) : null;
        Linear linear = parameters.addLinear(name, new Linear(matrix, bias));
        treatment.treat(parameters, name, linear);
        return linear;
    }

    private LinearWeight requireFrozen(String name, LinearWeight packed) {
        if (trainable.test(name + WEIGHT)) {
            throw new DataException(name + WEIGHT + " is stored in four bits and cannot be trained itself:"
                    + " train LoRA adapters on this model, or fine-tune the one that it was quantised from");
        }
        return packed;
    }

    private Norm norm(Part part, int layer, int size) {
        if (!names.has(part)) {
            return null;
        }
        String name = names.of(part, layer);
        Tensor weight = parameter(name + WEIGHT, new Initializer.Constant(1), size);
        return switch (config.layout().norm()) {
            case LAYER -> new Norm.Layer(
                    weight, parameter(name + BIAS, new Initializer.Constant(0), size), config.normEpsilon());
            case ROOT_MEAN_SQUARE -> new Norm.RootMeanSquare(weight, config.normEpsilon());
        };
    }

    /** A table that another stack of the model has made already is shared with it. */
    private Tensor table(Part part, int rows, int columns) {
        if (!names.has(part) || rows == 0) {
            return null;
        }
        String name = names.of(part) + WEIGHT;
        return parameters.has(name)
                ? parameters.get(name)
                : parameter(name, new Initializer.Normal(config.initializerRange()), rows, columns);
    }

    private Tensor parameter(String name, Initializer initializer, long... shape) {
        boolean trained = trainable.test(name);
        try (TensorScope scope = TensorScope.open()) {
            Tensor tensor = source.get(name, initializer, trained, shape);
            return parameters.add(name, trained ? tensor.setRequiresGrad(true) : tensor);
        }
    }
}
