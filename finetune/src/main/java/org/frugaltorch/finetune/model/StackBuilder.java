package org.frugaltorch.finetune.model;

import static org.frugaltorch.finetune.model.ParameterNames.Part;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.io.DataException;
import org.frugaltorch.nn.Linear;
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

    /** @param parameters receives every weight, trainable */
    public StackBuilder(
            TransformerConfig config, ParameterNames names, ParameterSource source, Parameters parameters) {
        this.config = config;
        this.names = names;
        this.source = source;
        this.parameters = parameters;
    }

    /** Embeddings, blocks and final norm. */
    public TransformerStack stack() {
        List<TransformerBlock> blocks = new ArrayList<>();
        Embeddings embeddings = embeddings();
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            blocks.add(block(layer));
        }
        refuseMoreLayers();
        Norm finalNorm = names.has(Part.FINAL_NORM) ? norm(names.of(Part.FINAL_NORM)) : null;
        return new TransformerStack(config, embeddings, List.copyOf(blocks), finalNorm);
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
        return new Embeddings(
                table(Part.WORD_EMBEDDINGS, config.vocabSize()),
                table(Part.POSITION_EMBEDDINGS, config.maxPositionEmbeddings()),
                table(Part.TOKEN_TYPE_EMBEDDINGS, config.typeVocabSize()),
                names.has(Part.EMBEDDING_NORM) ? norm(names.of(Part.EMBEDDING_NORM)) : null,
                config.hiddenDropout());
    }

    private TransformerBlock block(int layer) {
        int queries = config.numAttentionHeads() * config.headSize();
        int keys = config.numKeyValueHeads() * config.headSize();
        SelfAttention attention = new SelfAttention(
                linear(names.of(Part.QUERY, layer), queries, config.hiddenSize()),
                linear(names.of(Part.KEY, layer), keys, config.hiddenSize()),
                linear(names.of(Part.VALUE, layer), keys, config.hiddenSize()),
                linear(names.of(Part.ATTENTION_OUTPUT, layer), config.hiddenSize(), queries),
                config.headSize(),
                config.attentionDropout());
        FeedForward feedForward = new FeedForward(
                linear(names.of(Part.FEED_FORWARD_UP, layer), config.intermediateSize(), config.hiddenSize()),
                linear(names.of(Part.FEED_FORWARD_DOWN, layer), config.hiddenSize(), config.intermediateSize()),
                config.activation());
        return new TransformerBlock(
                attention, norm(names.of(Part.ATTENTION_NORM, layer)),
                feedForward, norm(names.of(Part.FEED_FORWARD_NORM, layer)),
                config.layout(), config.hiddenDropout());
    }

    /** A linear layer with bias. */
    public Linear linear(String name, int out, int in) {
        Tensor matrix = parameter(name + WEIGHT, new Initializer.Normal(config.initializerRange()), out, in);
        return parameters.addLinear(name, new Linear(matrix, parameter(name + BIAS, new Initializer.Constant(0), out)));
    }

    private Norm norm(String name) {
        return new Norm.Layer(
                parameter(name + WEIGHT, new Initializer.Constant(1), config.hiddenSize()),
                parameter(name + BIAS, new Initializer.Constant(0), config.hiddenSize()),
                config.normEpsilon());
    }

    private Tensor table(Part part, int rows) {
        return names.has(part) && rows > 0
                ? parameter(names.of(part) + WEIGHT, new Initializer.Normal(config.initializerRange()), rows,
                        config.hiddenSize())
                : null;
    }

    private Tensor parameter(String name, Initializer initializer, long... shape) {
        try (TensorScope scope = TensorScope.open()) {
            return parameters.add(name, source.get(name, initializer, shape).setRequiresGrad(true));
        }
    }
}
