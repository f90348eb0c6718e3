package org.frugaltorch.finetune.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Bytes as printable letters, as GPT-2 introduced it and tokenizer files keep it: printable ones of Latin-1 stand for
 * themselves, the others for the letters from 256 on.
 */
final class ByteLetters {
    private static final int BYTES = 256;
    private static final char[] LETTERS = letters();

    private ByteLetters() {}

    private static char[] letters() {
        char[] letters = new char[BYTES];
        char next = BYTES;
        for (int value = 0; value < BYTES; value++) {
            boolean printable = value > ' ' && value < 0x7f || value > 0xa0 && value != 0xad;
            letters[value] = printable ? (char) value : next++;
        }
        return letters;
    }

    /** All of them in the order of the alphabet. */
    static List<String> alphabet() {
        char[] sorted = LETTERS.clone();
        Arrays.sort(sorted);
        return IntStream.range(0, BYTES).mapToObj(i -> String.valueOf(sorted[i])).toList();
    }

    /** A text, a letter a byte of its UTF-8 form. */
    static String of(String text) {
        StringBuilder letters = new StringBuilder();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            letters.append(LETTERS[Byte.toUnsignedInt(value)]);
        }
        return letters.toString();
    }
}
