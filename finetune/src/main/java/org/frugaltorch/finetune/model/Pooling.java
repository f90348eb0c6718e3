package org.frugaltorch.finetune.model;

import java.util.Arrays;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;

/** How the states of a sequence become one vector. Padding never counts. */
public enum Pooling {
    /** The state of the first token. */
    CLS {
        @Override
        public Tensor pool(StackOutput output) {
            return output.hiddenStates().select(1, 0);
        }
    },
    /** The state of the last token, which in a model that reads from left to right has seen all others. */
    LAST {
        @Override
        public Tensor pool(StackOutput output) {
            TokenGroup tokens = output.tokens();
            long[] slots = new long[tokens.rows()];
            for (int row = 0; row < slots.length; row++) {
                slots[row] = tokens.lastSlot(row);
                TokenGroup constants = output.constantTokens();
                if (constants != null && lastPosition(constants, row) > lastPosition(tokens, row)) {
                    throw new IllegalArgumentException("The pooling 'last' reads the last token, so a selection of"
                            + " tokens must always contain it");
                }
            }
            Tensor states = output.hiddenStates();
            return states.reshape(-1, states.size(2)).indexSelect(0, Tensors.of(slots).to(states.device()));
        }
    },
    /** The mean over all tokens; those without gradients are constants in it. */
    MEAN {
        @Override
        public Tensor pool(StackOutput output) {
            TokenGroup constants = output.constantTokens();
            int[] lengths = output.tokens().lengths();
            if (output.constantStates() == null) {
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

    /** The states that it reads. */
    public FinalStates reads() {
        return switch (this) {
            case CLS -> FinalStates.FIRST;
            case LAST -> FinalStates.LAST;
            case MEAN -> FinalStates.ALL;
            case SELECTED_MEAN -> FinalStates.WITH_GRADIENTS;
        };
    }

    private static Tensor mean(TokenGroup tokens, Tensor states, int[] lengths) {
        return tokens.meanWeights(states.dtype(), states.device(), lengths).matmul(states).squeeze(1);
    }

    private static long lastPosition(TokenGroup tokens, int row) {
        int slot = tokens.lastSlot(row);
        return tokens.valid()[slot] ? tokens.positions()[slot] : -1;
    }

    /** Reads {@code cls}, {@code last}, {@code mean} or {@code selected-mean}. */
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
