package org.frugaltorch.finetune.memory;

import java.util.stream.Stream;
import org.frugaltorch.finetune.lora.LoraWeight;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.FeedForward;
import org.frugaltorch.finetune.model.SelfAttention;
import org.frugaltorch.finetune.model.TokenEmbeddings;
import org.frugaltorch.finetune.model.TransformerBlock;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.nn.Activation;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.nn.Norm;
import org.frugaltorch.tensor.Tensor;

/**
 * What a forward pass of a language model keeps for its backward pass, by counting tensors: for pre-norm decoders without
 * dropout of their own, whatever is trained in them. For n tokens with gradients among N, in a block with everything kept
 * and all weights trained:
 *
 * <table>
 * <caption>Numbers kept by a block</caption>
 * <tr><td>two root-mean-square norms: their inputs</td><td>{@code 2 n H}</td></tr>
 * <tr><td>what linear layers read: both norms' results, the context, the activated network</td>
 *     <td>{@code n (2 H + A d + I)}</td></tr>
 * <tr><td>attention: queries, a float32 number a head; keys and values of all tokens</td>
 *     <td>{@code n (A d + A) + 2 N K d}</td></tr>
 * <tr><td>gated network: gate, activated gate, up</td><td>{@code 3 n I}</td></tr>
 * </table>
 *
 * A frozen weight does not need its layer's input, an adapter does, and keeps {@code r} numbers besides, its scale, and its
 * matrices as converted to the model's type; while nothing before it is trained, a block keeps nothing that only its input's
 * gradient would need. {@link ActivationPolicy} says what the
 * others leave away. Once a pass: rotations and masks, which all blocks share, the final norm, and of t predicted tokens
 * {@code t H} gradients and, when the head is trained, {@code V H}.
 *
 * <p>Not counted, hence the little more that the ledger shows: single numbers such as the loss.
 *
 * @param rows sequences
 * @param selected tokens of each that carry gradients
 * @param length tokens of each
 */
public record LanguageFormula(CausalLanguageModel model, long rows, long selected, long length) {
    private static final long RANDOM_STATE_BYTES = 5056;

    /**
     * Bytes kept, when every token but the first of a sequence is predicted by those before it that carry gradients, the
     * last one among them; {@link Units#UNKNOWN} for models that this formula is not for.
     */
    public long bytes(ActivationPolicy policy) {
        return isKnown() ? new Count(policy).bytes() : Units.UNKNOWN;
    }

    private boolean isKnown() {
        TransformerConfig config = model.stack().config();
        return config.layout().preNorm() && config.hiddenDropout() == 0 && config.attentionDropout() == 0
                && model.head().weight() instanceof LinearWeight.Dense
                && model.stack().embeddings() instanceof TokenEmbeddings words
                && words.norm() == null && words.projection() == null;
    }

    /** One walk through the model. */
    private final class Count {
        private final ActivationPolicy policy;
        private final TransformerConfig config = model.stack().config();
        private final long tokens = rows * selected;
        private final long allTokens = rows * length;
        private final boolean constants = selected < length;
        private final long element = model.dtype().byteSize();
        private final long wideElement = Math.max(element, Float.BYTES);
        /** Whether anything before the place where the walk is was trained. */
        private boolean trainedBefore;
        private boolean constantsAreRead;

        Count(ActivationPolicy policy) {
            this.policy = policy;
        }

        long bytes() {
            readEmbeddings();
            long bytes = 0;
            for (TransformerBlock block : model.stack().blocks()) {
                bytes += block(block);
            }
            bytes += norm(model.stack().finalNorm(), trainedBefore, config.hiddenSize(), 1);
            return bytes + shared() + loss();
        }

        private void readEmbeddings() {
            TokenEmbeddings words = (TokenEmbeddings) model.stack().embeddings();
            for (Tensor table : new Tensor[] {words.word(), words.position(), words.tokenType()}) {
                trainedBefore |= table != null && table.requiresGrad();
            }
        }

        private long block(TransformerBlock block) {
            if (policy == ActivationPolicy.RECOMPUTE) {
                trainedBefore = true;
                constantsAreRead = constants;
                return allTokens * config.hiddenSize() * element + RANDOM_STATE_BYTES;
            }
            return attention(block) + network(block);
        }

        private long attention(TransformerBlock block) {
            SelfAttention attention = block.attention();
            long context = (long) config.numAttentionHeads() * config.headSize();
            long keyValue = attention.key().weight().outFeatures() + attention.value().weight().outFeatures();
            boolean streamIsTrained = trainedBefore;
            long bytes = norm(block.attentionNorm(), trainedBefore, config.hiddenSize(), 1);
            if (policy == ActivationPolicy.LEAN && constants && config.hiddenSize() < keyValue) {
                constantsAreRead = true;
                trainedBefore = true;
                bytes += allTokens * config.hiddenSize() * element + RANDOM_STATE_BYTES;
                bytes += readsInput(attention.output()) ? tokens * context * element : 0;
            } else {
                boolean inputIsTrained = trainedBefore;
                bytes += inputOf(attention.query(), attention.key(), attention.value());
                bytes += norm(attention.queryNorm(), inputIsTrained || isTrained(attention.query()), context,
                        config.numAttentionHeads());
                bytes += norm(attention.keyNorm(), inputIsTrained || isTrained(attention.key()),
                        attention.key().weight().outFeatures(), config.numKeyValueHeads());
                if (trainedBefore) {
                    bytes += tokens * (2 * context * element + config.numAttentionHeads() * wideElement)
                            + allTokens * keyValue * element;
                } else if (readsInput(attention.output())) {
                    bytes += tokens * context * element;
                }
            }
            bytes += adapter(attention.output(), trainedBefore);
            trainedBefore |= streamIsTrained || isTrained(attention.output());
            return bytes;
        }

        private long network(TransformerBlock block) {
            FeedForward network = block.feedForward();
            long inner = config.intermediateSize();
            if (policy == ActivationPolicy.LEAN) {
                boolean recorded = trainedBefore
                        || Stream.concat(block.feedForwardNorm().parameters().stream(), network.parameters().stream())
                                .anyMatch(Tensor::requiresGrad);
                trainedBefore = recorded;
                long wide = network instanceof FeedForward.Gated ? 2 : 1;
                return recorded
                        ? tokens * (config.hiddenSize() + wide * inner) * element + 2 * RANDOM_STATE_BYTES
                        : 0;
            }
            boolean streamIsTrained = trainedBefore;
            long bytes = norm(block.feedForwardNorm(), trainedBefore, config.hiddenSize(), 1);
            long kept = switch (network) {
                case FeedForward.Plain plain -> {
                    bytes += inputOf(plain.up());
                    // The rectifier keeps its result, which is what the next layer reads.
                    boolean keepsResult = plain.activation() == Activation.RELU;
                    yield trainedBefore ? keepsResult && readsInput(plain.down()) ? 0 : 1 : 0;
                }
                case FeedForward.Gated gated -> {
                    boolean before = trainedBefore;
                    bytes += inputOf(gated.gate(), gated.up());
                    boolean gate = before || isTrained(gated.gate());
                    boolean up = before || isTrained(gated.up());
                    yield (gate ? 2 : 0) + (up ? 1 : 0);
                }
            };
            bytes += tokens * kept * inner * element;
            bytes += inputOf(network.down());
            trainedBefore |= streamIsTrained;
            return bytes;
        }

        /** A norm over {@code width} numbers a token in {@code groups}. */
        private long norm(Norm norm, boolean inputIsTrained, long width, long groups) {
            boolean trained = norm != null && norm.parameters().stream().anyMatch(Tensor::requiresGrad);
            if (norm == null || !inputIsTrained && !trained) {
                return 0;
            }
            trainedBefore = true;
            return tokens * switch (norm) {
                case Norm.RootMeanSquare rms -> width * element;
                case Norm.Layer layer -> (width + 2 * groups) * element;
            };
        }

        /** The one input of some layers, and what each keeps for its adapter. */
        private long inputOf(Linear... layers) {
            long bytes = 0;
            boolean read = false;
            boolean inputIsTrained = trainedBefore;
            for (Linear layer : layers) {
                read |= readsInput(layer);
                bytes += adapter(layer, inputIsTrained);
                trainedBefore |= isTrained(layer);
            }
            return bytes + (read ? tokens * layers[0].weight().inFeatures() * element : 0);
        }

        private boolean isTrained(Linear layer) {
            return layer.parameters().stream().anyMatch(Tensor::requiresGrad);
        }

        /** An adapter with dropout reads a copy of the input instead. */
        private boolean readsInput(Linear layer) {
            boolean trained = layer.weight().parameters().stream().anyMatch(Tensor::requiresGrad);
            return trained && !(layer.weight() instanceof LoraWeight lora
                    && lora.active().map(LoraWeight.Active::dropout).orElse(0.0) > 0);
        }

        /** The mask of dropout, and a first matrix that was converted, are for the gradient by the input. */
        private long adapter(Linear layer, boolean inputIsTrained) {
            if (!(layer.weight() instanceof LoraWeight lora) || lora.active().isEmpty()) {
                return 0;
            }
            LoraWeight.Active active = lora.active().get();
            long in = lora.inFeatures();
            long dropped = active.dropout() > 0 ? tokens * in * (element + (inputIsTrained ? 1 : 0)) : 0;
            long converted = active.type() == model.dtype()
                    ? 0 : active.rank() * ((inputIsTrained ? in : 0) + lora.outFeatures()) * element;
            return dropped + converted + tokens * active.rank() * element + Double.BYTES;
        }

        /** Rotations and masks. */
        private long shared() {
            long window = config.layout().window();
            boolean masked = constants || window > 0 && length > window;
            long maskCells = (constantsAreRead ? length : selected) * length;
            long bytes = masked ? rows * maskCells * element : 0;
            if (config.rotary() != null) {
                bytes += 2L * config.headSize() * (constantsAreRead ? allTokens : tokens) * element;
            }
            return bytes;
        }

        private long loss() {
            long targets = rows * (selected - 1);
            long hidden = config.hiddenSize() * element;
            long gradients = targets * hidden + (isTrained(model.head()) ? config.vocabSize() * hidden : 0);
            return gradients + targets * Long.BYTES; // which tokens they are
        }
    }
}
