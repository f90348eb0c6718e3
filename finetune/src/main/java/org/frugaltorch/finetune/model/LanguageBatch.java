package org.frugaltorch.finetune.model;

import java.util.Arrays;

/**
 * Sequences to learn to continue.
 *
 * @param tokens the sequences
 * @param labels the token itself where it is to be predicted from those before it, {@link #IGNORED} elsewhere: in a
 *     prompt and in padding [B * T]. They stand beside their own tokens, nothing is shifted yet
 */
public record LanguageBatch(TokenBatch tokens, long[] labels) {
    /** Label of a token that nobody has to predict. */
    public static final long IGNORED = -100;

    public LanguageBatch {
        if (labels.length != tokens.inputIds().length) {
            throw new IllegalArgumentException("A batch of " + tokens.inputIds().length + " tokens needs as many labels, got "
                    + labels.length);
        }
        tokens = tokens.withPredicting(predicting(tokens, labels));
    }

    /** Tokens whose successor is labelled [B * T]. */
    private static boolean[] predicting(TokenBatch tokens, long... labels) {
        boolean[] predicting = new boolean[labels.length];
        for (int row = 0; row < tokens.rows(); row++) {
            int previous = -1;
            for (int i = row * tokens.width(); i < (row + 1) * tokens.width(); i++) {
                if (tokens.valid()[i]) {
                    if (previous >= 0) {
                        predicting[previous] = labels[i] != IGNORED;
                    }
                    previous = i;
                }
            }
        }
        return predicting;
    }

    /**
     * What some tokens have to predict.
     *
     * @param slots of tokens whose successor is labelled, as indices into a group's [B * P]
     * @param labels of those successors
     */
    public record Targets(long[] slots, long[] labels) {}

    /** The targets of the tokens of a group: the label of the token that comes next in the whole sequence, once. */
    public Targets targets(TokenGroup group) {
        long[] slots = new long[group.valid().length];
        long[] targets = new long[slots.length];
        int count = 0;
        for (int row = 0; row < group.rows(); row++) {
            long[] sequence = labelsByPosition(row);
            for (int slot = row * group.width(); slot < (row + 1) * group.width(); slot++) {
                int next = Math.toIntExact(group.positions()[slot] + 1);
                if (group.valid()[slot] && next < sequence.length && sequence[next] != IGNORED) {
                    slots[count] = slot;
                    targets[count++] = sequence[next];
                }
            }
        }
        return new Targets(Arrays.copyOf(slots, count), Arrays.copyOf(targets, count));
    }

    /** Number of targets when every token predicts its successor. */
    public int targetCount() {
        return targets(TokenGroup.all(tokens)).slots().length;
    }

    private long[] labelsByPosition(int row) {
        long[] result = new long[tokens.length(row)];
        int position = 0;
        for (int i = row * tokens.width(); i < (row + 1) * tokens.width(); i++) {
            if (tokens.valid()[i]) {
                result[position++] = labels[i];
            }
        }
        return result;
    }
}
