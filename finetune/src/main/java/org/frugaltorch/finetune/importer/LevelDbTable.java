package org.frugaltorch.finetune.importer;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.frugaltorch.io.DataException;

/** Reads an immutable table of sorted keys in the format of LevelDB, uncompressed, as TensorFlow writes it. */
final class LevelDbTable {
    private static final int FOOTER_BYTES = 48;
    private static final int TRAILER_BYTES = 5; // compression type and checksum after each block
    private static final long MAGIC = 0xdb4775248b80fb57L;

    private final String source;
    private final byte[] bytes;
    private final ByteBuffer numbers;

    private LevelDbTable(String source, byte[] bytes) {
        this.source = source;
        this.bytes = bytes;
        this.numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * All entries in key order.
     *
     * @param source what is being read, for messages
     * @throws DataException if it is no such table or damaged
     */
    static Map<String, byte[]> read(String source, byte[] bytes) {
        try {
            return new LevelDbTable(source, bytes).readAll();
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException failure) {
            throw new DataException(source + " is not a readable checkpoint index: " + failure.getMessage(), failure);
        }
    }

    private Map<String, byte[]> readAll() throws IOException {
        int footer = bytes.length - FOOTER_BYTES;
        require(footer >= 0 && numbers.getLong(bytes.length - Long.BYTES) == MAGIC,
                "is not a checkpoint index: its last bytes are not those of the format");
        CodedInputStream in = CodedInputStream.newInstance(bytes, footer, FOOTER_BYTES);
        in.readRawVarint64(); // place and size of a block about the other blocks, not needed to read them
        in.readRawVarint64();
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (byte[] handle : readBlock(in).values()) {
            entries.putAll(readBlock(CodedInputStream.newInstance(handle)));
        }
        return entries;
    }

    /** The block whose place and size come next in {@code handle}. */
    private Map<String, byte[]> readBlock(CodedInputStream handle) throws IOException {
        int offset = Math.toIntExact(handle.readRawVarint64());
        int size = Math.toIntExact(handle.readRawVarint64());
        require(offset >= 0 && size >= Integer.BYTES && size <= bytes.length - offset - TRAILER_BYTES,
                "is damaged: a block lies beyond its end");
        require(bytes[offset + size] == 0, "is compressed, which is not supported");
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, size + 1);
        require(numbers.getInt(offset + size + 1) == mask(crc), "is damaged: the checksum of a block differs");
        int restarts = numbers.getInt(offset + size - Integer.BYTES);
        int length = size - Integer.BYTES - Math.multiplyExact(Integer.BYTES, restarts);
        return readEntries(CodedInputStream.newInstance(bytes, offset, length));
    }

    /** A key is stored as the length of the prefix it shares with the key before, and the rest. */
    private Map<String, byte[]> readEntries(CodedInputStream in) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        byte[] key = {};
        while (!in.isAtEnd()) {
            int shared = in.readRawVarint32();
            int added = in.readRawVarint32();
            int valueSize = in.readRawVarint32();
            require(shared >= 0 && shared <= key.length, "is damaged: a key shares more than its predecessor has");
            byte[] suffix = in.readRawBytes(added);
            key = Arrays.copyOf(key, shared + added);
            System.arraycopy(suffix, 0, key, shared, added);
            entries.put(new String(key, StandardCharsets.UTF_8), in.readRawBytes(valueSize));
        }
        return entries;
    }

    /** Checksums are stored rotated and offset, as data may itself hold checksums. */
    static int mask(CRC32C crc) {
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }

    private void require(boolean condition, String problem) {
        if (!condition) {
            throw new DataException(source + " " + problem);
        }
    }
}
