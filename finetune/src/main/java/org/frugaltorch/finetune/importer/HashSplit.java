package org.frugaltorch.finetune.importer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Keeps a share of all keys for evaluation. A hash rather than a random draw: the split stays the same when examples
 * come and go.
 *
 * @param fraction share of the keys that is held out, between 0 and 1
 */
record HashSplit(double fraction) {

    /** Whether a key is held out, which depends on nothing but the key. */
    boolean holdsOut(String key) {
        return Integer.toUnsignedLong((int) hash(key)) < fraction * (1L << Integer.SIZE);
    }

    /** A number that looks random, the same for the same key everywhere. */
    static long hash(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            ByteBuffer words = ByteBuffer.wrap(hash);
            return words.getInt() & 0xffffffffL | (long) words.getInt() << Integer.SIZE;
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java platform has SHA-256
        }
    }
}
