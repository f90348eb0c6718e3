package org.frugaltorch.bindings;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A shared library as the ELF specification lays it out. The dynamic linker trusts what the headers promise: a file
 * that was cut short kills the process, so this is looked at before.
 */
final class ElfFile {

    private static final int HEADER_BYTES = 64;
    private static final int SEGMENT_BYTES = 56;
    private static final int MAGIC = 0x7f454c46;
    private static final byte CLASS_64_BIT = 2;
    private static final byte LITTLE_ENDIAN = 1;
    private static final int SEGMENT_LOADED = 1;
    private static final Map<Integer, String> PROCESSORS =
            Map.of(3, "i386", 21, "ppc64le", 40, "arm", 62, "amd64", 183, "aarch64", 243, "riscv64");

    private ElfFile() {}

    /** What makes {@code library} unfit for this process; empty when it is whole and made for this processor. */
    static Optional<String> problem(Path library) {
        try (FileChannel channel = FileChannel.open(library)) {
            return problem(channel);
        } catch (EOFException e) {
            return Optional.of("it is cut short");
        } catch (IOException e) {
            return Optional.of("it cannot be read (" + e + ")");
        }
    }

    private static Optional<String> problem(FileChannel channel) throws IOException {
        if (channel.size() < Integer.BYTES || read(channel, 0, Integer.BYTES).order(ByteOrder.BIG_ENDIAN).getInt(0) != MAGIC) {
            return Optional.of("it is not a shared library (it has no ELF header)");
        }
        ByteBuffer header = read(channel, 0, HEADER_BYTES);
        if (header.get(4) != CLASS_64_BIT || header.get(5) != LITTLE_ENDIAN) {
            return Optional.of("it is not a 64-bit little-endian library");
        }
        String processor = PROCESSORS.getOrDefault((int) header.getShort(18), "another processor");
        if (!processor.equals(System.getProperty("os.arch"))) {
            return Optional.of("it is made for " + processor + " and this Java runs on " + System.getProperty("os.arch"));
        }
        long segments = header.getLong(32);
        int count = Short.toUnsignedInt(header.getShort(56));
        for (int i = 0; i < count; i++) {
            ByteBuffer segment = read(channel, segments + (long) i * SEGMENT_BYTES, SEGMENT_BYTES);
            if (segment.getInt(0) == SEGMENT_LOADED && segment.getLong(8) + segment.getLong(32) > channel.size()) {
                return Optional.of("it is cut short at " + channel.size() + " bytes");
            }
        }
        return Optional.empty();
    }

    private static ByteBuffer read(FileChannel channel, long offset, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (offset < 0 || channel.read(buffer, offset + buffer.position()) < 0) {
                throw new EOFException();
            }
        }
        return buffer.flip();
    }
}
