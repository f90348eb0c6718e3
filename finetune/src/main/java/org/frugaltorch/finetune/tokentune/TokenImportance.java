package org.frugaltorch.finetune.tokentune;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.KeyValue;
import org.frugaltorch.finetune.model.SelfAttention;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.model.TransformerBlock;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * How likely tokens are to be selected. The method's paper draws uniformly and leaves the rest open; the other choices
 * favour tokens that the model itself gives weight to, or that have something to learn.
 */
public enum TokenImportance {
    /** All tokens alike. */
    RANDOM {
        @Override
        double[] logWeights(TransformerStack stack, TokenBatch batch) {
            return new double[batch.inputIds().length];
        }
    },
    /** By the length of a token's word embedding (of a patch as projected), relative to others. */
    EMBEDDING_NORM {
        @Override
        double[] logWeights(TransformerStack stack, TokenBatch batch) {
            return measured(() -> {
                Tensor rows = stack.embeddings().content(TokenGroup.all(batch));
                return rows.mul(rows).sum(-1, false).log();
            });
        }
    },
    /** By the attention that a token receives from all tokens in the first block. */
    ATTENTION_RECEIVED {
        @Override
        double[] logWeights(TransformerStack stack, TokenBatch batch) {
            return measured(() -> {
                TokenGroup tokens = TokenGroup.all(batch);
                TransformerBlock block = stack.blocks().get(0);
                Tensor input = block.attentionInput(stack.embeddings().forward(tokens, ForwardMode.EVALUATE));
                Tensor probabilities = probabilities(stack, tokens, input); // [B, A, T, T]
                Tensor asking = tokens
                        .meanWeights(probabilities.dtype(), probabilities.device(), tokens.lengths()).unsqueeze(1); // [B, 1, 1, T]
                return asking.matmul(probabilities).mean(1, false).add(SMALLEST_SHARE).log(); // [B, 1, T]
            });
        }
    },
    /**
     * Tokens with something to predict before all others, by chance among each: no part of the share is spent on prompts
     * as long as there is an answer to learn. Of the prompt, a token is the likelier the less often it occurs in the batch:
     * the words of a template, which every prompt has, tell no prompt from another. Of language models alone, in training.
     */
    TARGETS_FIRST {
        @Override
        double[] logWeights(TransformerStack stack, TokenBatch batch) {
            boolean[] predicting = batch.predicting();
            if (predicting == null) {
                throw new IllegalArgumentException("Token selection '" + this
                        + "' is for texts that a language model learns to continue; select tokens at random here");
            }
            Map<Long, Integer> occurrences = new HashMap<>();
            for (long token : batch.inputIds()) {
                occurrences.merge(token, 1, Integer::sum);
            }
            double[] weights = new double[predicting.length];
            Arrays.setAll(weights, i ->
                    predicting[i] ? 0 : NEVER_BEFORE - Math.log(occurrences.get(batch.inputIds()[i])));
            return weights;
        }
    };

    /** Less than any noise that is added to weights can make up for. */
    private static final double NEVER_BEFORE = -1e6;
    private static final double SMALLEST_SHARE = 1e-9;

    /** The logarithm of every token's weight [B * T]; only differences inside a row matter. */
    abstract double[] logWeights(TransformerStack stack, TokenBatch batch);

    private static Tensor probabilities(TransformerStack stack, TokenGroup tokens, Tensor input) {
        SelfAttention attention = stack.blocks().get(0).attention();
        AttentionView view = stack.view(tokens, tokens);
        KeyValue keyValue = attention.keyValue(input, view);
        Tensor query = attention.queries(input, view); // [B, A, T, d]
        Tensor keys = keyValue.key();
        long repeats = query.size(1) / keys.size(1);
        if (repeats > 1) {
            long[] shape = keys.shape();
            keys = keys.unsqueeze(2).expand(shape[0], shape[1], repeats, shape[2], shape[3])
                    .reshape(shape[0], query.size(1), shape[2], shape[3]);
        }
        Tensor mask = stack.mask(tokens, tokens);
        Tensor scores = query.matmul(keys.transpose(2, 3)).div(Math.sqrt(attention.headSize()));
        return Functional.softmax(mask == null ? scores : scores.add(mask), -1);
    }

    private static double[] measured(java.util.function.Supplier<Tensor> computation) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            return computation.get().toDoubles();
        }
    }

    /** Reads {@code random}, {@code embedding-norm}, {@code attention-received} or {@code targets-first}. */
    public static TokenImportance named(String name) {
        return Arrays.stream(values()).filter(i -> i.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Unknown token selection '" + name + "': known are " + Arrays.toString(values())));
    }

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
