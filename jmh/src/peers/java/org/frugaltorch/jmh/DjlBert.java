package org.frugaltorch.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;

/** BERT that classifies by the state of the first token, in DJL. */
final class DjlBert extends DjlModel {
    private final float epsilon;

    DjlBert(StepFixture fixture) {
        super(fixture);
        epsilon = (float) fixture.config().path("layer_norm_eps").asDouble();
    }

    @Override
    NDArray loss() {
        NDArray states = embeddings();
        for (int layer = 0; layer < layers; layer++) {
            states = block("bert.encoder.layer." + layer + ".", states);
        }
        return crossEntropy(linear("classifier", states.get(":, 0")), labels);
    }

    private NDArray embeddings() {
        NDArray positions = weight("bert.embeddings.position_embeddings.weight").get(":" + width);
        NDArray type = weight("bert.embeddings.token_type_embeddings.weight").get(0);
        NDArray sum = rowsOf("bert.embeddings.word_embeddings.weight", tokens).add(positions).add(type);
        return norm("bert.embeddings.LayerNorm", sum);
    }

    private NDArray block(String name, NDArray input) {
        NDArray context = attention(
                split(linear(name + "attention.self.query", input), heads),
                split(linear(name + "attention.self.key", input), heads),
                split(linear(name + "attention.self.value", input), heads), null);
        NDArray attended = norm(name + "attention.output.LayerNorm",
                input.add(linear(name + "attention.output.dense", context)));
        NDArray inner = Activation.gelu(linear(name + "intermediate.dense", attended));
        return norm(name + "output.LayerNorm", attended.add(linear(name + "output.dense", inner)));
    }

    private NDArray norm(String layer, NDArray input) {
        return input.getNDArrayInternal()
                .layerNorm(input, new Shape(hidden), weight(layer + ".weight"), weight(layer + ".bias"), epsilon)
                .singletonOrThrow();
    }
}
