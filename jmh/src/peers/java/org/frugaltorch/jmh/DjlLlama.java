package org.frugaltorch.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;

/** A Llama that continues text, in DJL. */
final class DjlLlama extends DjlModel {
    private static final float HIDDEN_SCORE = -1e9f;
    /** Dimension of a head's numbers in [B, heads, T, d]; DJL's splits and joins count from the front only. */
    private static final int LAST = 3;

    private final float epsilon;
    private final int keyHeads;
    private final NDArray cosines;
    private final NDArray sines;
    private final NDArray mask;

    DjlLlama(StepFixture fixture) {
        super(fixture);
        epsilon = (float) fixture.config().path("rms_norm_eps").asDouble();
        keyHeads = fixture.number("num_key_value_heads");
        RotaryTables tables = RotaryTables.of(width, hidden / heads, fixture.config().path("rope_theta").asDouble());
        cosines = manager().create(tables.cosines(), new Shape(width, hidden / heads));
        sines = manager().create(tables.sines(), new Shape(width, hidden / heads));
        float[] hiding = new float[width * width];
        for (int query = 0; query < width; query++) {
            for (int key = query + 1; key < width; key++) {
                hiding[query * width + key] = HIDDEN_SCORE;
            }
        }
        mask = manager().create(hiding, new Shape(width, width));
    }

    @Override
    NDArray loss() {
        NDArray states = rowsOf("model.embed_tokens.weight", tokens);
        for (int layer = 0; layer < layers; layer++) {
            states = block("model.layers." + layer + ".", states);
        }
        NDArray last = norm("model.norm", states.get(":, :{}", width - 1));
        String head = has("lm_head.weight") ? "lm_head" : "model.embed_tokens";
        NDArray logits = linear(head, last).reshape((long) rows * (width - 1), -1);
        return crossEntropy(logits, labels.get(":, 1:").reshape(-1));
    }

    private NDArray block(String name, NDArray input) {
        NDArray normed = norm(name + "input_layernorm", input);
        NDArray context = attention(
                rotated(split(linear(name + "self_attn.q_proj", normed), heads)),
                repeated(rotated(split(linear(name + "self_attn.k_proj", normed), keyHeads))),
                repeated(split(linear(name + "self_attn.v_proj", normed), keyHeads)), mask);
        NDArray attended = input.add(linear(name + "self_attn.o_proj", context));
        NDArray again = norm(name + "post_attention_layernorm", attended);
        NDArray gate = Activation.swish(linear(name + "mlp.gate_proj", again), 1);
        NDArray inner = gate.mul(linear(name + "mlp.up_proj", again));
        return attended.add(linear(name + "mlp.down_proj", inner));
    }

    private NDArray rotated(NDArray input) {
        NDList halves = input.split(2, LAST);
        return input.mul(cosines).add(halves.get(1).neg().concat(halves.get(0), LAST).mul(sines));
    }

    private NDArray repeated(NDArray input) {
        return keyHeads == heads ? input : input.repeat(1, heads / keyHeads);
    }

    private NDArray norm(String layer, NDArray input) {
        NDArray meanSquare = input.square().mean(new int[] {-1}, true);
        return input.div(meanSquare.add(epsilon).sqrt()).mul(weight(layer + ".weight"));
    }
}
