package org.frugaltorch.finetune.data;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.frugaltorch.io.DataException;

/** Strict reading of UTF-8: wrong bytes are reported rather than replaced. */
final class Utf8 {
    private static final int BYTE_ORDER_MARK = 0xfeff;

    private Utf8() {
    }

    /** A reader that throws {@link CharacterCodingException} on wrong bytes and skips the mark some editors put first. */
    static BufferedReader open(Path file) throws IOException {
        InputStream bytes = Files.newInputStream(file);
        try {
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()), 1 << 16);
            reader.mark(1);
            if (reader.read() != BYTE_ORDER_MARK) {
                reader.reset();
            }
            return reader;
        } catch (IOException failure) {
            bytes.close();
            throw failure;
        }
    }

    /** The sentence about a file with wrong bytes. */
    static DataException reported(Path file) {
        try {
            return new DataException(file + ", line " + firstBadLine(file)
                    + ": the text is not UTF-8; save the file in that encoding");
        } catch (IOException failure) {
            return DataException.unreadable(file, failure);
        }
    }

    /** The first line, from 1, with wrong bytes; a newline byte is never part of another character. */
    static long firstBadLine(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            long number = 1;
            for (int next = in.read(); next != -1; next = in.read()) {
                line.write(next);
                if (next == '\n') {
                    if (!isValid(line)) {
                        return number;
                    }
                    line.reset();
                    number++;
                }
            }
            return number;
        }
    }

    private static boolean isValid(ByteArrayOutputStream bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray()));
            return true;
        } catch (CharacterCodingException wrong) {
            return false;
        }
    }
}
