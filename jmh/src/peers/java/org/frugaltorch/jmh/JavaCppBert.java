package org.frugaltorch.jmh;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** BERT that classifies by the state of the first token, in JavaCPP's libtorch. */
final class JavaCppBert extends JavaCppModel {
    private final double epsilon;

    JavaCppBert(StepFixture fixture) {
        super(fixture);
        epsilon = fixture.config().path("layer_norm_eps").asDouble();
    }

    @Override
    Tensor loss() {
        Tensor states = embeddings();
        for (int layer = 0; layer < layers; layer++) {
            states = block("bert.encoder.layer." + layer + ".", states);
        }
        return torch.cross_entropy_loss(linear("classifier", states.select(1, 0)), labels);
    }

    private Tensor embeddings() {
        Tensor positions = weight("bert.embeddings.position_embeddings.weight").narrow(0, 0, width);
        Tensor type = weight("bert.embeddings.token_type_embeddings.weight").select(0, 0);
        Tensor words = torch.embedding(weight("bert.embeddings.word_embeddings.weight"), tokens);
        return norm("bert.embeddings.LayerNorm", words.add(positions).add(type));
    }

    private Tensor block(String name, Tensor input) {
        Tensor context = attention(
                split(linear(name + "attention.self.query", input), heads),
                split(linear(name + "attention.self.key", input), heads),
                split(linear(name + "attention.self.value", input), heads), false, false);
        Tensor attended = norm(name + "attention.output.LayerNorm",
                input.add(linear(name + "attention.output.dense", context)));
        Tensor inner = torch.gelu(linear(name + "intermediate.dense", attended));
        return norm(name + "output.LayerNorm", attended.add(linear(name + "output.dense", inner)));
    }

    private Tensor norm(String layer, Tensor input) {
        return torch.layer_norm(
                input, new long[] {hidden}, optional(layer + ".weight"), optional(layer + ".bias"), epsilon, true);
    }
}
