package org.frugaltorch.finetune.generation;

import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;

/**
 * A decoder with its tokenizer: text in, text out.
 *
 * @param generator continues tokens
 * @param tokenizer of the model
 * @param stopTokens that end the model's texts
 * @param positions that the model has
 */
public record Completion(TextGenerator generator, Tokenizer tokenizer, Set<Long> stopTokens, int positions) {
    private static final String UNFINISHED = "\uFFFD"; // what a decoder shows of a character whose bytes are not all there

    /**
     * How a text goes on.
     *
     * @param text without what the prompt said
     * @param promptTokens tokens of the prompt
     * @param newTokens tokens of the text, with the one that ended it
     */
    public record Result(String text, int promptTokens, int newTokens) {}

    /**
     * Continues a text.
     *
     * @param listener is told every piece of the new text as soon as it is there; together they are the result's text
     * @throws org.frugaltorch.io.DataException when the prompt has more tokens than the model has positions
     */
    public Result complete(String prompt, GenerationSettings settings, Consumer<String> listener) {
        long[] tokens = prompt(prompt);
        Pieces pieces = new Pieces(listener, settings.maxNewTokens());
        long[] generated = generator.generate(tokens, settings, pieces);
        return new Result(pieces.finish(), tokens.length, generated.length);
    }

    /** The tokens of the text; an end that a tokenizer puts after every text would end it before it goes on. */
    private long[] prompt(String text) {
        long[] ids = Arrays.stream(tokenizer.encode(text, null, new MaxLength(positions, false)).ids())
                .asLongStream().toArray();
        int last = ids.length - 1;
        return last > 0 && stopTokens.contains(ids[last]) ? Arrays.copyOf(ids, last) : ids;
    }

    /** Makes text of tokens as they come; some tokens are a part of a character only. */
    private final class Pieces implements LongConsumer {
        private final Consumer<String> listener;
        private final int[] ids;
        private int count;
        private String told = "";

        Pieces(Consumer<String> listener, int most) {
            this.listener = listener;
            this.ids = new int[most];
        }

        @Override
        public void accept(long token) {
            ids[count++] = Math.toIntExact(token);
            String text = text();
            if (!text.endsWith(UNFINISHED)) {
                tell(text);
            }
        }

        private String text() {
            return tokenizer.decode(Arrays.copyOf(ids, count), true);
        }

        private void tell(String text) {
            if (text.length() > told.length() && text.startsWith(told)) {
                listener.accept(text.substring(told.length()));
                told = text;
            }
        }

        String finish() {
            String text = text();
            tell(text);
            return text;
        }
    }
}
