package org.frugaltorch.finetune.model;

import java.util.List;
import org.frugaltorch.autograd.GraphBoundary;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * A stack that reads a text, and a causal one whose tokens look at its final states. Each is run by the strategy on its
 * own. The decoder's graph is apart from the encoder's, so that its blocks may be recomputed or reversed, although all
 * of them read the same states.
 *
 * @param startToken first token of the decoder's input
 */
public record EncoderDecoder(TransformerStack encoder, TransformerStack decoder, int startToken) implements Backbone {
    private static final long DECODER = 0x9E3779B97F4A7C15L;

    /** The decoder reads the same text, one token later. */
    @Override
    public StackOutput run(ActivationStrategy strategy, TokenBatch batch, ForwardMode mode, FinalStates wanted) {
        return run(strategy, batch, batch.shifted(startToken), mode, wanted);
    }

    /**
     * Runs both stacks.
     *
     * @param source what the encoder reads
     * @param target what the decoder reads
     * @return the decoder's final states
     */
    public StackOutput run(
            ActivationStrategy strategy, TokenBatch source, TokenBatch target, ForwardMode mode,
            FinalStates wanted) {
        if (source.rows() != target.rows()) {
            throw new IllegalArgumentException("Encoder and decoder need as many sequences, got " + source.rows()
                    + " and " + target.rows());
        }
        // What is random in the decoder, such as its choice of tokens, must not repeat the encoder's.
        ForwardMode decoding = new ForwardMode(mode.training(), mode.seed() ^ DECODER);
        try (TensorScope scope = TensorScope.open()) {
            StackOutput read = strategy.run(encoder, source, mode, FinalStates.ALL);
            StackOutput[] written = new StackOutput[1];
            Tensor[] states = GraphBoundary.apply(in -> {
                CrossAttention.Memory memory = new CrossAttention.Memory(in[0], in[1], in[2]);
                written[0] = strategy.run(decoder.attendingTo(memory), target, decoding, wanted);
                Tensor constants = written[0].constantStates();
                return constants == null
                        ? new Tensor[] {written[0].hiddenStates()}
                        : new Tensor[] {written[0].hiddenStates(), constants};
            }, read.hiddenStates(), read.constantStates(), mask(read));
            return new StackOutput(written[0].tokens(), scope.promote(states[0]), written[0].constantTokens(),
                    states.length == 1 ? null : scope.promote(states[1].detach()));
        }
    }

    /** Which of the encoder's tokens are real, constants first; null when all are. [B, 1, 1, S + P] */
    private Tensor mask(StackOutput read) {
        return read.constantStates() == null
                ? encoder.mask(read.tokens(), read.tokens())
                : encoder.mask(read.tokens(), read.constantTokens(), read.tokens());
    }

    @Override
    public TransformerStack stack() {
        return decoder;
    }

    @Override
    public List<TransformerStack> stacks() {
        return List.of(encoder, decoder);
    }
}
