package org.frugaltorch.finetune.evaluation;

import java.util.Arrays;
import java.util.List;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.generation.TextReader;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.LanguageBatch;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * How likely a model finds the ends of texts. What texts have in common at their beginning is computed once for all of
 * them, and kept for the texts of the next call.
 */
public final class ContinuationScorer implements AutoCloseable {
    private static final int ROWS_AT_ONCE = 256; // a row of scores may have 100,000 numbers

    private final CausalLanguageModel model;
    private final int longest;
    private final TextReader reader;
    private long[] known = {};

    /**
     * A scorer that has seen no text yet.
     *
     * @param strategy by which the model is run outside training
     * @param longest most tokens that the model is shown; of longer texts the beginning is left out
     */
    public ContinuationScorer(CausalLanguageModel model, ActivationStrategy strategy, int longest) {
        this.model = model;
        this.longest = longest;
        this.reader = new TextReader(model.stack(), strategy, longest);
    }

    /** The logarithms, in nats, of the probabilities that the ends of the texts have after their beginnings. */
    public double[] logLikelihoods(List<ScoredText> texts) {
        // The last token is only predicted, never shown.
        List<ScoredText> cut = texts.stream().map(text -> text.last(longest + 1)).toList();
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            int common = commonBeginning(cut);
            remember(cut.getFirst().tokens(), common);
            TokenGroup branches = branches(cut, common);
            Tensor states = reader.branch(common, branches); // [B, P, H]
            return sums(cut, losses(states.reshape(-1, states.size(2)), cut, common, branches.width()));
        }
    }

    /** Tokens that all texts begin with; the one that predicts the first scored token is left to each text. */
    private static int commonBeginning(List<ScoredText> texts) {
        long[] first = texts.getFirst().tokens();
        int common = Integer.MAX_VALUE;
        for (ScoredText text : texts) {
            int mismatch = Arrays.mismatch(first, text.tokens());
            common = Math.min(common, Math.min(mismatch < 0 ? first.length : mismatch, text.start() - 1));
        }
        return common;
    }

    private void remember(long[] tokens, int count) {
        long[] wanted = Arrays.copyOf(tokens, count);
        int mismatch = Arrays.mismatch(known, wanted);
        if (mismatch >= 0 && mismatch < count) {
            reader.extend(wanted, mismatch, count).close();
            known = wanted;
        }
    }

    private static TokenGroup branches(List<ScoredText> texts, int common) {
        int width = texts.stream().mapToInt(text -> text.tokens().length - 1 - common).max().orElseThrow();
        int cells = Math.multiplyExact(texts.size(), width);
        long[] ids = new long[cells];
        long[] positions = new long[cells];
        boolean[] valid = new boolean[cells];
        for (int row = 0; row < texts.size(); row++) {
            long[] tokens = texts.get(row).tokens();
            for (int i = common; i < tokens.length - 1; i++) {
                int cell = row * width + i - common;
                ids[cell] = tokens[i];
                positions[cell] = i;
                valid[cell] = true;
            }
        }
        return new TokenGroup(texts.size(), width, ids, new long[cells], positions, valid);
    }

    /** Negative logarithms of the scored tokens' probabilities, text after text. */
    private double[] losses(Tensor states, List<ScoredText> texts, int common, int width) {
        int total = texts.stream().mapToInt(ScoredText::scored).sum();
        long[] slots = new long[total];
        long[] labels = new long[total];
        int count = 0;
        for (int row = 0; row < texts.size(); row++) {
            ScoredText text = texts.get(row);
            for (int i = text.start(); i < text.tokens().length; i++) {
                slots[count] = (long) row * width + i - 1 - common;
                labels[count++] = text.tokens()[i];
            }
        }
        double[] losses = new double[total];
        for (int start = 0; start < total; start += ROWS_AT_ONCE) {
            int end = Math.min(total, start + ROWS_AT_ONCE);
            try (TensorScope scope = TensorScope.open()) {
                Tensor chosen = Tensors.of(Arrays.copyOfRange(slots, start, end)).to(states.device());
                Tensor predicting = states.indexSelect(0, chosen); // [N, H]
                Tensor scores = model.head().forward(reader.finish(predicting)); // [N, V]
                Tensor logits = scores.dtype().byteSize() < Float.BYTES ? scores.to(DType.FLOAT32) : scores;
                Tensor wanted = Tensors.of(Arrays.copyOfRange(labels, start, end)).to(logits.device());
                double[] part = Functional.crossEntropy(
                        logits, wanted, LossReduction.NONE, LanguageBatch.IGNORED, 0).toDoubles();
                System.arraycopy(part, 0, losses, start, part.length);
            }
        }
        return losses;
    }

    private static double[] sums(List<ScoredText> texts, double[] losses) {
        double[] sums = new double[texts.size()];
        int next = 0;
        for (int row = 0; row < sums.length; row++) {
            for (int i = 0; i < texts.get(row).scored(); i++) {
                sums[row] -= losses[next++];
            }
        }
        return sums;
    }

    @Override
    public void close() {
        reader.close();
    }
}
