package org.frugaltorch.finetune.generation;

import java.util.Arrays;
import java.util.function.LongConsumer;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.KeyValue;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.model.TransformerBlock;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Continues a text token by token. Keys and values of earlier tokens are kept, so each step costs one token's work.
 *
 * @param model that scores the next token
 */
public record TextGenerator(CausalLanguageModel model) {

    /** {@link #generate(long[], GenerationSettings, LongConsumer)} without a listener. */
    public long[] generate(long[] prompt, GenerationSettings settings) {
        return generate(prompt, settings, token -> { });
    }

    /**
     * Continues {@code prompt} until a stop token or the bound on new tokens.
     *
     * @param prompt tokens, at least one
     * @param listener is told every new token at once
     * @return the new tokens alone
     */
    public long[] generate(long[] prompt, GenerationSettings settings, LongConsumer listener) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("There is nothing to continue: the prompt has no tokens");
        }
        long[] tokens = Arrays.copyOf(prompt, Math.addExact(prompt.length, settings.maxNewTokens()));
        int length = prompt.length;
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled();
                Steps steps = new Steps(model, tokens.length)) {
            Sampler sampler = new Sampler(settings);
            for (int seen = 0; length < tokens.length; length++) {
                long next;
                try (TensorScope step = TensorScope.open()) {
                    next = sampler.next(steps.scores(tokens, seen, length));
                }
                seen = length;
                tokens[length] = next;
                listener.accept(next);
                if (settings.stopTokens().contains(next)) {
                    length++;
                    break;
                }
            }
        }
        return Arrays.copyOfRange(tokens, prompt.length, length);
    }

    /** Runs the stack over the tokens that are new since the step before. */
    private static final class Steps implements AutoCloseable {
        private final CausalLanguageModel model;
        private final int capacity;
        private KeyValueCache cache;

        Steps(CausalLanguageModel model, int capacity) {
            this.model = model;
            this.capacity = capacity;
        }

        /** Scores of the token after {@code tokens[0 .. end - 1]}, of which the first {@code seen} are cached. [V] */
        Tensor scores(long[] tokens, int seen, int end) {
            TransformerStack stack = model.stack();
            TokenGroup added = group(tokens, seen, end);
            try (TensorScope scope = TensorScope.open()) {
                AttentionView view = seen == 0 ? stack.view(added, added) : stack.view(added, group(tokens, 0, end));
                Tensor states = stack.embeddings().forward(added, ForwardMode.EVALUATE); // [1, P, H]
                for (int layer = 0; layer < stack.blocks().size(); layer++) {
                    try (TensorScope inner = TensorScope.open()) {
                        states = inner.promote(block(layer, states, seen, view));
                    }
                }
                Tensor last = states.narrow(1, end - seen - 1, 1);
                return scope.promote(model.head().forward(stack.finish(last)).view(-1));
            }
        }

        private Tensor block(int layer, Tensor states, int seen, AttentionView view) {
            TransformerBlock block = model.stack().blocks().get(layer);
            Tensor input = block.attentionInput(states);
            KeyValue own = block.attention().keyValue(input, view);
            if (cache == null) {
                cache = new KeyValueCache(model.stack().blocks().size(), own, capacity);
            }
            KeyValue all = cache.append(layer, seen, own);
            Tensor next = block.forward(states, input, all, view, ForwardMode.EVALUATE);
            states.close();
            return next;
        }

        private static TokenGroup group(long[] tokens, int start, int end) {
            long[] ids = Arrays.copyOfRange(tokens, start, end);
            boolean[] valid = new boolean[ids.length];
            Arrays.fill(valid, true);
            long[] positions = new long[ids.length];
            Arrays.setAll(positions, i -> start + i);
            return new TokenGroup(1, ids.length, ids, new long[ids.length], positions, valid);
        }

        @Override
        public void close() {
            if (cache != null) {
                cache.close();
            }
        }
    }
}
