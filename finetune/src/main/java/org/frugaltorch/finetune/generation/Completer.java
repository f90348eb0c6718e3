package org.frugaltorch.finetune.generation;

import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.io.DataException;

/**
 * A decoder with its tokenizer: text in, text out.
 *
 * @param generator continues tokens
 * @param tokenizer of the model
 * @param positions that the model has: prompt and text together do not exceed them
 */
public record Completer(TextGenerator generator, Tokenizer tokenizer, int positions) {
    private static final String UNFINISHED = "\uFFFD"; // what a decoder shows of a character whose bytes are not all there

    /**
     * Continues a text.
     *
     * @param listener is told every piece of the new text as soon as it is there
     * @throws DataException when the prompt leaves no position for a token
     */
    public Completion complete(String prompt, GenerationSettings settings, Consumer<String> listener) {
        long[] tokens = prompt(prompt, settings.stopTokens());
        if (tokens.length >= positions) {
            throw new DataException("The prompt has " + tokens.length + " tokens, and the model no more than " + positions
                    + " positions: shorten it");
        }
        GenerationSettings room = settings.withMaxNewTokens(Math.min(settings.maxNewTokens(), positions - tokens.length));
        Pieces pieces = new Pieces(listener, room.maxNewTokens());
        long[] generated = generator.generate(tokens, room, pieces);
        return new Completion(pieces.finish(), tokens.length, generated.length);
    }

    /** The tokens of the text; an end that a tokenizer puts after every text would end it before it goes on. */
    private long[] prompt(String text, Set<Long> stopTokens) {
        long[] ids = Arrays.stream(tokenizer.encode(text, null, new MaxLength(Integer.MAX_VALUE, false)).ids())
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
