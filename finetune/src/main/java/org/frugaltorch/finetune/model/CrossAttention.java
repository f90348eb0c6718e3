package org.frugaltorch.finetune.model;

import java.util.List;
import java.util.stream.Stream;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.nn.Norm;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Attention of a decoder's tokens to an encoder's final states.
 *
 * @param attention its queries are the decoder's, its keys and values the encoder's
 * @param norm after the residual sum, or before attention in a pre-norm block
 * @param memory what is looked at; null until a run has it
 */
public record CrossAttention(SelfAttention attention, Norm norm, Memory memory) {
    /**
     * An encoder's final states.
     *
     * @param states of tokens that carry gradients [B, P, H]
     * @param constants states of those that do not [B, S, H], or null
     * @param mask added to scores, constants first [B, 1, 1, S + P]; null when none is padding
     */
    public record Memory(Tensor states, Tensor constants, Tensor mask) {
        /** Some rows of the batch, as views: their gradients are these states'. */
        Memory rows(long start, long count) {
            return new Memory(states.narrow(0, start, count),
                    constants == null ? null : constants.narrow(0, start, count),
                    mask == null ? null : mask.narrow(0, start, count));
        }
    }

    /** What may be trained. */
    public List<Tensor> parameters() {
        return Stream.concat(attention.parameters().stream(), norm.parameters().stream()).toList();
    }

    /** The same over given states. */
    public CrossAttention over(Memory states) {
        return new CrossAttention(attention, norm, states);
    }

    /** What tokens gather from the encoder's: [B, P, H] to the same. */
    public Tensor forward(Tensor input, ForwardMode mode) {
        if (memory == null) {
            throw new IllegalStateException("This block looks at an encoder's states, but there are none: run its"
                    + " stack as part of an EncoderDecoder");
        }
        AttentionView view = new AttentionView(memory.mask, false, null);
        try (TensorScope scope = TensorScope.open()) {
            KeyValue keyValue = attention.keyValue(memory.states, view);
            if (memory.constants != null) {
                KeyValue constants;
                try (GradMode off = GradMode.disabled()) {
                    constants = attention.keyValue(memory.constants, view);
                }
                keyValue = KeyValue.joined(constants, keyValue);
            }
            return scope.promote(attention.forward(input, keyValue, view, mode));
        }
    }
}
