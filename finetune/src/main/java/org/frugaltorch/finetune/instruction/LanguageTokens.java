package org.frugaltorch.finetune.instruction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.model.LanguageBatch;
import org.frugaltorch.io.DataException;

/**
 * Tokenised texts to learn to continue.
 *
 * @param encodings one a text
 * @param promptTokens how many tokens at the beginning of each are given rather than learnt
 */
public record LanguageTokens(List<Encoding> encodings, int[] promptTokens) {
    public LanguageTokens {
        encodings = List.copyOf(encodings);
        if (encodings.size() != promptTokens.length) {
            throw new IllegalArgumentException(
                    encodings.size() + " texts, but " + promptTokens.length + " lengths of prompts");
        }
    }

    /**
     * Tokenises instructions with their answers. A text that is cut so short that nothing of the answer is left is left
     * out: there is nothing to learn from it.
     *
     * @param endId token that ends every text that has room for it, so that a model learns where to stop; negative for none
     * @throws DataException if no text has room for an answer
     */
    public static LanguageTokens of(
            List<InstructionExample> examples, PromptTemplate template, Tokenizer tokenizer, MaxLength limit, int endId) {
        List<String> prompts = examples.stream().map(template::prompt).toList();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            texts.add(prompts.get(i) + examples.get(i).output());
        }
        MaxLength whole = new MaxLength(limit.tokens(), true);
        List<Encoding> promptEncodings = tokenizer.encodeTexts(prompts, whole, i -> examples.get(i).where());
        List<Encoding> encodings = tokenizer.encodeTexts(texts, limit, i -> examples.get(i).where());
        List<Encoding> kept = new ArrayList<>();
        List<Integer> promptLengths = new ArrayList<>();
        for (int i = 0; i < encodings.size(); i++) {
            Encoding encoding = ended(encodings.get(i), endId, limit.tokens());
            // What both have in common is the prompt: where the seam falls inside a token, that token is learnt.
            int mismatch = Arrays.mismatch(promptEncodings.get(i).ids(), encoding.ids());
            if (mismatch >= 0 && mismatch < encoding.length()) {
                kept.add(encoding);
                promptLengths.add(mismatch);
            }
        }
        if (kept.isEmpty()) {
            throw new DataException("No example has room for an answer within " + limit.tokens()
                    + " tokens; raise the maximum length");
        }
        return new LanguageTokens(kept, promptLengths.stream().mapToInt(Integer::intValue).toArray());
    }

    /**
     * Tokenises plain texts and cuts long ones into windows, so that every token but a text's first is predicted, each
     * once. Windows overlap: what an earlier one predicted already is given to the next.
     *
     * @param longest tokens of a window
     * @param stride tokens that a window begins after the one before it, less than {@code longest}: a smaller one gives tokens
     *     more to be predicted from, and takes more time
     */
    public static LanguageTokens windows(List<String> texts, Tokenizer tokenizer, int longest, int stride) {
        if (stride < 1 || stride >= longest) {
            throw new IllegalArgumentException("Windows of " + longest + " tokens cannot begin " + stride
                    + " tokens apart: it must be between 1 and " + (longest - 1));
        }
        MaxLength whole = new MaxLength(Integer.MAX_VALUE, false);
        List<Encoding> windows = new ArrayList<>();
        List<Integer> given = new ArrayList<>();
        for (Encoding text : tokenizer.encodeTexts(texts, whole, i -> "text " + (i + 1))) {
            int predicted = 0;
            for (int start = 0; predicted < text.length(); start += stride) {
                int end = Math.min(text.length(), start + longest);
                windows.add(new Encoding(Arrays.copyOfRange(text.ids(), start, end),
                        Arrays.copyOfRange(text.typeIds(), start, end)));
                given.add(predicted - start);
                predicted = end;
            }
        }
        return new LanguageTokens(windows, given.stream().mapToInt(Integer::intValue).toArray());
    }

    private static Encoding ended(Encoding encoding, int endId, int limit) {
        int length = encoding.length();
        if (endId < 0 || length >= limit || length > 0 && encoding.ids()[length - 1] == endId) {
            return encoding;
        }
        int[] ids = Arrays.copyOf(encoding.ids(), length + 1);
        ids[length] = endId;
        return new Encoding(ids, Arrays.copyOf(encoding.typeIds(), length + 1));
    }

    /** How many texts there are. */
    public int size() {
        return encodings.size();
    }

    /** Texts {@code from} to {@code to - 1}. */
    public LanguageTokens part(int from, int to) {
        return new LanguageTokens(encodings.subList(from, to), Arrays.copyOfRange(promptTokens, from, to));
    }

    /** A batch of these texts with its labels: ignored in prompts and padding. */
    public LanguageBatch labelled(Batch batch) {
        long[] labels = new long[batch.tokens().inputIds().length];
        Arrays.fill(labels, LanguageBatch.IGNORED);
        for (int row = 0; row < batch.rows(); row++) {
            int example = batch.examples()[row];
            int start = row * batch.width();
            for (int i = promptTokens[example]; i < encodings.get(example).length(); i++) {
                labels[start + i] = batch.tokens().inputIds()[start + i];
            }
        }
        return new LanguageBatch(batch.tokens(), labels);
    }
}
