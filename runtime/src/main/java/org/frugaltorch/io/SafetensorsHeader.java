package org.frugaltorch.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.tensor.DType;

/**
 * The JSON header of a safetensors file: {@code {"name": {"dtype", "shape", "data_offsets": [begin, end]}, ...}} with an
 * optional {@code "__metadata__"} of texts. Offsets count bytes from the end of the header.
 */
final class SafetensorsHeader {
    static final String METADATA = "__metadata__";
    private static final JsonFactory JSON = new JsonFactory();

    /** Where a tensor lies: data bytes begin (inclusive) to end (exclusive). */
    record Slot(String name, DType dtype, long[] shape, long begin, long end) {
    }

    private final Path file;
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private SafetensorsHeader(Path file) {
        this.file = file;
    }

    /**
     * Parses and checks a header.
     *
     * @param dataStart position of the first data byte in the file, and {@code dataSize} bytes follow
     * @throws DataException for anything that is not a complete and consistent header
     */
    static SafetensorsHeader parse(Path file, byte[] json, long dataStart, long dataSize) {
        SafetensorsHeader header = new SafetensorsHeader(file);
        String text = header.decode(json);
        try (JsonParser parser = JSON.createParser(text)) {
            header.readAll(parser);
        } catch (JsonProcessingException failure) {
            throw header.bad("its header is not valid JSON: " + failure.getOriginalMessage(), failure);
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
        header.checkLayout(dataStart, dataSize);
        return header;
    }

    Map<String, Slot> slots() {
        return slots;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    private String decode(byte[] json) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
        } catch (CharacterCodingException failure) {
            throw bad("its header is not UTF-8 text", failure);
        }
    }

    private void readAll(JsonParser parser) throws IOException {
        expect(parser.nextToken() == JsonToken.START_OBJECT, "its header is not a JSON object");
        boolean metadataSeen = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (name.equals(METADATA)) {
                expect(!metadataSeen, "its header has " + METADATA + " twice");
                metadataSeen = true;
                readMetadata(parser);
            } else {
                Slot slot = readSlot(parser, name);
                expect(slots.put(name, slot) == null, "its header names the tensor '" + name + "' twice");
            }
        }
        expect(parser.nextToken() == null, "its header goes on after the closing brace");
    }

    private void readMetadata(JsonParser parser) throws IOException {
        expect(parser.currentToken() == JsonToken.START_OBJECT, METADATA + " is not an object of texts");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            expect(parser.nextToken() == JsonToken.VALUE_STRING, METADATA + " entry '" + key + "' is not a text");
            expect(metadata.put(key, parser.getText()) == null, METADATA + " has the entry '" + key + "' twice");
        }
    }

    private Slot readSlot(JsonParser parser, String name) throws IOException {
        String where = "tensor '" + name + "': ";
        expect(parser.currentToken() == JsonToken.START_OBJECT, where + "its description is not an object");
        DType dtype = null;
        long[] shape = null;
        long[] offsets = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "dtype" -> {
                    expect(dtype == null, where + "dtype is given twice");
                    dtype = readDType(parser, where);
                }
                case "shape" -> {
                    expect(shape == null, where + "shape is given twice");
                    shape = readSizes(parser, where + "shape");
                }
                case "data_offsets" -> {
                    expect(offsets == null, where + "data_offsets is given twice");
                    offsets = readSizes(parser, where + "data_offsets");
                }
                default -> throw bad(where + "unknown field '" + field + "'", null);
            }
        }
        expect(dtype != null, where + "dtype is missing");
        expect(shape != null, where + "shape is missing");
        expect(offsets != null && offsets.length == 2, where + "data_offsets is not a pair of numbers");
        expect(offsets[0] <= offsets[1], where + "data_offsets end before they begin");
        checkSize(where, dtype, shape, offsets[1] - offsets[0]);
        return new Slot(name, dtype, shape, offsets[0], offsets[1]);
    }

    private DType readDType(JsonParser parser, String where) throws IOException {
        expect(parser.currentToken() == JsonToken.VALUE_STRING, where + "dtype is not a text");
        DType dtype = DType.ofSafetensorsName(parser.getText());
        expect(dtype != null, where + "dtype " + parser.getText() + " is not supported");
        return dtype;
    }

    private long[] readSizes(JsonParser parser, String where) throws IOException {
        expect(parser.currentToken() == JsonToken.START_ARRAY, where + " is not an array of numbers");
        List<Long> sizes = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser.currentToken() == JsonToken.VALUE_NUMBER_INT, where + " holds something that is not a whole number");
            long size;
            try {
                size = parser.getLongValue();
            } catch (InputCoercionException overflow) {
                throw bad(where + " holds a number beyond 64 bits", overflow);
            }
            expect(size >= 0, where + " holds the negative number " + size);
            sizes.add(size);
        }
        return sizes.stream().mapToLong(Long::longValue).toArray();
    }

    private void checkSize(String where, DType dtype, long[] shape, long bytes) {
        long needed = byteSize(dtype, shape);
        expect(needed >= 0, where + "the shape " + Arrays.toString(shape) + " has more elements than can be counted");
        expect(needed == bytes, where + "shape " + Arrays.toString(shape) + " of " + dtype.safetensorsName() + " takes "
                + needed + " bytes, but its data_offsets span " + bytes);
    }

    /** Bytes of a tensor, or -1 if more than a long holds. A zero dimension anywhere makes it empty. */
    static long byteSize(DType dtype, long[] shape) {
        if (Arrays.stream(shape).anyMatch(size -> size == 0)) {
            return 0;
        }
        try {
            return Arrays.stream(shape).reduce(dtype.byteSize(), Math::multiplyExact);
        } catch (ArithmeticException overflow) {
            return -1;
        }
    }

    /** The tensors must tile the data exactly: no overlap, no hole, nothing left over. */
    private void checkLayout(long dataStart, long dataSize) {
        List<Slot> inOrder = slots.values().stream()
                .sorted(Comparator.comparingLong(Slot::begin).thenComparingLong(Slot::end)).toList();
        long position = 0;
        for (Slot slot : inOrder) {
            String where = "tensor '" + slot.name + "': ";
            expect(slot.begin >= position, where + "its data overlaps another tensor's");
            expect(slot.begin == position, where + (slot.begin - position) + " unused bytes lie before its data");
            expect(slot.end <= dataSize, where + "its data ends at byte " + slot.end + " but the file has only " + dataSize
                    + " bytes of data; it is truncated, so download or copy it again");
            int alignment = Math.min(8, slot.dtype.byteSize());
            expect((dataStart + slot.begin) % alignment == 0, where + "its data is not aligned to " + alignment
                    + " bytes; load and save the file with a current version of safetensors");
            position = slot.end;
        }
        expect(position == dataSize, (dataSize - position) + " bytes after the last tensor belong to none");
    }

    private void expect(boolean condition, String problem) {
        if (!condition) {
            throw bad(problem, null);
        }
    }

    private DataException bad(String problem, Throwable cause) {
        return new DataException(file + " is not a usable safetensors file: " + problem, cause);
    }
}
