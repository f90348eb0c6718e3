package org.frugaltorch.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, mapped into memory: opening reads only the header, and data is paged in when touched.
 * The mapping is private, so writing to a tensor's data neither fails nor changes the file. Only of a file that this
 * process may not write to, the data is read-only: {@code data().isReadOnly()} says so, and native code must not write to it.
 */
public final class SafetensorsFile implements TensorSource {
    private static final long MAX_HEADER_BYTES = 100_000_000L;
    private static final int PREFIX_BYTES = Long.BYTES;

    private final Path file;
    private final Arena owned; // null if the caller decides how long the mapping lives
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;

    private SafetensorsFile(Path file, Arena owned, Map<String, Entry> entries, Map<String, String> metadata) {
        this.file = file;
        this.owned = owned;
        this.entries = entries;
        this.metadata = metadata;
    }

    /**
     * Opens {@code file}; {@link #close} unmaps it. Any thread may use it.
     *
     * @throws DataException if it is missing, damaged, truncated or uses an unknown type
     */
    public static SafetensorsFile open(Path file) {
        Arena arena = Arena.ofShared();
        try {
            return open(file, arena, arena);
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    /** As {@link #open(Path)}, but mapped until {@code arena} closes: for tensors that outlive this object. */
    public static SafetensorsFile open(Path file, Arena arena) {
        return open(file, arena, null);
    }

    private static SafetensorsFile open(Path file, Arena arena, Arena owned) {
        if (Files.isDirectory(file)) {
            throw new DataException("cannot read " + file + ": it is a directory");
        }
        try (FileChannel channel = openChannel(file)) {
            long size = channel.size();
            byte[] json = readHeader(file, channel, size);
            long dataStart = PREFIX_BYTES + (long) json.length;
            SafetensorsHeader header = SafetensorsHeader.parse(file, json, dataStart, size - dataStart);
            MemorySegment mapping = map(channel, size, arena);
            Map<String, Entry> entries = new LinkedHashMap<>();
            header.slots().forEach((name, slot) -> entries.put(name, new Entry(name, slot.dtype(), slot.shape(),
                    mapping.asSlice(dataStart + slot.begin(), slot.end() - slot.begin()))));
            return new SafetensorsFile(file, owned, entries, header.metadata());
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
    }

    /** Java maps privately only what it may write to, although it never does. */
    private static FileChannel openChannel(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (NoSuchFileException missing) {
            throw missing;
        } catch (IOException readOnly) {
            return FileChannel.open(file, StandardOpenOption.READ);
        }
    }

    private static MemorySegment map(FileChannel channel, long size, Arena arena) throws IOException {
        try {
            return channel.map(FileChannel.MapMode.PRIVATE, 0, size, arena);
        } catch (NonWritableChannelException | IOException notToBeWritten) {
            // Of what could be written to, Linux wants to be able to keep a copy: no more than its memory.
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
        }
    }

    private static byte[] readHeader(Path file, FileChannel channel, long size) throws IOException {
        String bad = file + " is not a usable safetensors file: ";
        if (size < PREFIX_BYTES) {
            throw new DataException(bad + "it has only " + size + " bytes; download or copy it again");
        }
        ByteBuffer prefix = ByteBuffer.wrap(readFully(file, channel, PREFIX_BYTES, 0)).order(ByteOrder.LITTLE_ENDIAN);
        long length = prefix.getLong();
        if (length < 0 || length > MAX_HEADER_BYTES) {
            throw new DataException(bad + "its first 8 bytes announce a header of " + Long.toUnsignedString(length)
                    + " bytes, beyond the format's limit of " + MAX_HEADER_BYTES);
        }
        if (length > size - PREFIX_BYTES) {
            throw new DataException(bad + "it announces a header of " + length + " bytes but ends after " + size
                    + "; it is truncated, so download or copy it again");
        }
        return readFully(file, channel, (int) length, PREFIX_BYTES);
    }

    private static byte[] readFully(Path file, FileChannel channel, int length, long position) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new DataException("cannot read " + file + ": it became shorter while being read");
            }
        }
        return buffer.array();
    }

    /** The file this was opened from. */
    public Path path() {
        return file;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    @Override
    public Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new DataException(file + " has no tensor '" + name + "'");
        }
        return entry;
    }

    @Override
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    @Override
    public void close() {
        if (owned != null && owned.scope().isAlive()) {
            owned.close();
        }
    }
}
