package org.frugaltorch.finetune.model;

import java.util.Arrays;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.tensor.Tensor;

/** How the states of a sequence become one vector. Padding never counts. */
public enum Pooling {
    /** The state of the first token. */
    CLS {
        @Override
        public Tensor pool(StackOutput output) {
            return output.hiddenStates().select(1, 0);
        }
    },
    /** The mean over all tokens; those without gradients are constants in it. */
    MEAN {
        @Override
        public Tensor pool(StackOutput output) {
            TokenGroup constants = output.constantTokens();
            int[] lengths = output.tokens().lengths();
            if (constants == null) {
                return mean(output.tokens(), output.hiddenStates(), lengths);
            }
            int[] others = constants.lengths();
            Arrays.setAll(lengths, row -> lengths[row] + others[row]);
            Tensor constant;
            try (GradMode off = GradMode.disabled()) {
                constant = mean(constants, output.constantStates(), lengths);
            }
            return mean(output.tokens(), output.hiddenStates(), lengths).add(constant);
        }
    },
    /** The mean over the tokens that carry gradients, as the method's reference trains; all of them in evaluation. */
    SELECTED_MEAN {
        @Override
        public Tensor pool(StackOutput output) {
            return mean(output.tokens(), output.hiddenStates(), output.tokens().lengths());
        }
    };

    /** Final states to one vector a row: [B, H]. */
    public abstract Tensor pool(StackOutput output);

    /** Whether it reads the states of tokens without gradients. */
    public boolean wantsConstants() {
        return this == MEAN;
    }

    private static Tensor mean(TokenGroup tokens, Tensor states, int[] lengths) {
        return tokens.meanWeights(states.dtype(), lengths).matmul(states).squeeze(1);
    }

    /** Reads {@code cls}, {@code mean} or {@code selected-mean}. */
    public static Pooling named(String name) {
        return Arrays.stream(values()).filter(p -> p.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Unknown pooling '" + name + "': known are " + Arrays.toString(values())));
    }

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
