package org.frugaltorch.finetune.generation;

import java.util.Arrays;
import java.util.function.LongConsumer;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Continues a text token by token. Keys and values of earlier tokens are kept, so each step costs one token's work.
 *
 * @param model that scores the next token
 * @param strategy by which the model is run outside training
 */
public record TextGenerator(CausalLanguageModel model, ActivationStrategy strategy) {
    /** Of an ordinary model. */
    public TextGenerator(CausalLanguageModel model) {
        this(model, new KeepAll());
    }

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
                TextReader reader = new TextReader(model.stack(), strategy, tokens.length)) {
            Sampler sampler = new Sampler(settings);
            for (int seen = 0; length < tokens.length; length++) {
                long next;
                try (TensorScope step = TensorScope.open()) {
                    next = sampler.next(scores(reader, tokens, seen, length));
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

    /** Scores of the token after {@code tokens[0 .. end - 1]}, of which the first {@code seen} are known. [V] */
    private Tensor scores(TextReader reader, long[] tokens, int seen, int end) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor last = reader.extend(tokens, seen, end).narrow(1, end - seen - 1, 1);
            return scope.promote(model.head().forward(reader.finish(last)).view(-1));
        }
    }
}
