package org.frugaltorch.jmh;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** A Llama that continues text, in JavaCPP's libtorch. */
final class JavaCppLlama extends JavaCppModel {
    private final double epsilon;
    private final int keyHeads;
    private final Tensor cosines;
    private final Tensor sines;

    JavaCppLlama(StepFixture fixture) {
        super(fixture);
        epsilon = fixture.config().path("rms_norm_eps").asDouble();
        keyHeads = fixture.number("num_key_value_heads");
        RotaryTables tables = RotaryTables.of(width, hidden / heads, fixture.config().path("rope_theta").asDouble());
        cosines = Tensor.create(tables.cosines(), width, hidden / heads);
        sines = Tensor.create(tables.sines(), width, hidden / heads);
    }

    @Override
    Tensor loss() {
        Tensor states = torch.embedding(weight("model.embed_tokens.weight"), tokens);
        for (int layer = 0; layer < layers; layer++) {
            states = block("model.layers." + layer + ".", states);
        }
        Tensor last = norm("model.norm", states.narrow(1, 0, width - 1));
        Tensor logits = linear(has("lm_head.weight") ? "lm_head" : "model.embed_tokens", last);
        return torch.cross_entropy_loss(
                logits.reshape((long) rows * (width - 1), -1), labels.narrow(1, 1, width - 1).reshape(-1));
    }

    private Tensor block(String name, Tensor input) {
        Tensor normed = norm(name + "input_layernorm", input);
        Tensor context = attention(
                rotated(split(linear(name + "self_attn.q_proj", normed), heads)),
                rotated(split(linear(name + "self_attn.k_proj", normed), keyHeads)),
                split(linear(name + "self_attn.v_proj", normed), keyHeads), true, keyHeads != heads);
        Tensor attended = input.add(linear(name + "self_attn.o_proj", context));
        Tensor again = norm(name + "post_attention_layernorm", attended);
        Tensor inner = torch.silu(linear(name + "mlp.gate_proj", again)).mul(linear(name + "mlp.up_proj", again));
        return attended.add(linear(name + "mlp.down_proj", inner));
    }

    private Tensor rotated(Tensor input) {
        long half = (long) hidden / heads / 2;
        Tensor turned = torch.cat(new TensorVector(input.narrow(3, half, half).neg(), input.narrow(3, 0, half)), 3);
        return input.mul(cosines).add(turned.mul(sines));
    }

    private Tensor norm(String layer, Tensor input) {
        return torch.rms_norm(input, new long[] {hidden}, optional(layer + ".weight"), new DoubleOptional(epsilon));
    }

    @Override
    public void close() {
        cosines.close();
        sines.close();
        super.close();
    }
}
