package org.frugaltorch.finetune.importer;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.io.DataException;

/**
 * Reads values that R wrote with {@code serialize} in its binary form XDR, big-endian, of versions 2 and 3 ("R Internals",
 * section 1.8). Data only: functions and environments are refused.
 */
final class RSerialization {
    private static final int TYPE = 0xff;
    private static final int HAS_ATTRIBUTES = 0x200;
    private static final int HAS_TAG = 0x400;
    private static final int HEADER = 14;
    private static final int MOST_STEPS = 1 << 26;

    private final ByteBuffer bytes;
    private final List<RValue> references = new ArrayList<>();

    private RSerialization(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    /** @throws DataException if the bytes are no such value, or one with something else than data in it */
    static RValue read(byte[] bytes) {
        try {
            RSerialization reader = new RSerialization(bytes);
            reader.header();
            return reader.item();
        } catch (BufferUnderflowException | NegativeArraySizeException | IndexOutOfBoundsException
                | ClassCastException | NullPointerException | IllegalArgumentException | StackOverflowError torn) {
            throw new DataException("a value of R is torn", torn);
        }
    }

    private void header() {
        if (bytes.get() != 'X' || bytes.get() != '\n') {
            throw new DataException("a value of R is not in the form XDR");
        }
        int version = bytes.getInt();
        bytes.position(HEADER);
        if (version == 3) {
            text(bytes.getInt()); // the encoding it was written in; each text tells its own
        } else if (version != 2) {
            throw new DataException("a value of R is in version " + version + " of its form; 2 and 3 can be read");
        }
    }

    private RValue item() {
        int flags = bytes.getInt();
        int type = flags & TYPE;
        return switch (type) {
            case 1 -> remember(new RValue(item().content(), Map.of())); // symbol
            case 2 -> pairs(flags);
            case 9 -> new RValue(text(bytes.getInt()), Map.of());
            case 10, 13 -> with(flags, integers());
            case 14 -> with(flags, doubles());
            case 16 -> with(flags, strings());
            case 19 -> with(flags, elements());
            case 24 -> with(flags, raw());
            case 238 -> alternative();
            case 247 -> persistent();
            case 255 -> references.get((flags >> 8 == 0 ? bytes.getInt() : flags >> 8) - 1);
            case 241, 242, 251, 253, 254 -> RValue.NULL;
            default -> throw new DataException("a value of R holds something of type " + type + ", which is no data");
        };
    }

    private RValue remember(RValue value) {
        references.add(value);
        return value;
    }

    private RValue with(int flags, Object content) {
        return new RValue(content, (flags & HAS_ATTRIBUTES) == 0 ? Map.of() : named(item()));
    }

    /** A linked list: its values in order, their tags as names. */
    private RValue pairs(int flags) {
        List<String> names = new ArrayList<>();
        List<RValue> values = new ArrayList<>();
        int next = flags;
        while ((next & TYPE) == 2) {
            if ((next & HAS_ATTRIBUTES) != 0) {
                item();
            }
            names.add((next & HAS_TAG) == 0 ? "" : (String) item().content());
            values.add(item());
            next = bytes.getInt();
        }
        if ((next & TYPE) != 254) {
            throw new DataException("a linked list of R does not end as one");
        }
        return new RValue(values.toArray(RValue[]::new),
                Map.of("names", new RValue(names.toArray(String[]::new), Map.of())));
    }

    private static Map<String, RValue> named(RValue pairs) {
        Map<String, RValue> byName = new LinkedHashMap<>();
        if (pairs.content() != null) {
            List<String> names = pairs.attributes().get("names").texts();
            for (int i = 0; i < names.size(); i++) {
                byName.put(names.get(i), ((RValue[]) pairs.content())[i]);
            }
        }
        return byName;
    }

    /** A vector kept in short: wrapped ones and numbers in steps of one are what tables hold. */
    private RValue alternative() {
        Map<Integer, RValue> byPlace = new LinkedHashMap<>();
        RValue about = item();
        byPlace.put(0, ((RValue[]) about.content())[0]);
        RValue state = item();
        RValue attributes = item();
        String kind = (String) byPlace.get(0).content();
        Object content = switch (kind) {
            case "wrap_string", "wrap_integer", "wrap_logical", "wrap_real", "wrap_raw", "wrap_list" ->
                ((RValue[]) state.content())[0].content();
            case "compact_intseq" -> steps((double[]) state.content());
            default -> throw new DataException("a value of R holds a vector kept as '" + kind + "'");
        };
        return new RValue(content, named(attributes));
    }

    private static int[] steps(double... countFirstStep) {
        if (!(countFirstStep[0] <= MOST_STEPS)) {
            throw new DataException("a value of R holds " + countFirstStep[0] + " numbers");
        }
        int[] numbers = new int[(int) countFirstStep[0]];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (int) (countFirstStep[1] + i * countFirstStep[2]);
        }
        return numbers;
    }

    /** The name of an environment that is stored elsewhere. */
    private RValue persistent() {
        bytes.getInt();
        strings();
        return remember(RValue.NULL);
    }

    private int length() {
        int length = bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw new DataException("a value of R is torn: " + length + " elements in " + bytes.remaining() + " bytes");
        }
        return length;
    }

    private int[] integers() {
        int[] values = new int[length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes.getInt();
        }
        return values;
    }

    private double[] doubles() {
        double[] values = new double[length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes.getDouble();
        }
        return values;
    }

    private String[] strings() {
        String[] values = new String[length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (String) item().content();
        }
        return values;
    }

    private RValue[] elements() {
        RValue[] values = new RValue[length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = item();
        }
        return values;
    }

    private byte[] raw() {
        byte[] values = new byte[length()];
        bytes.get(values);
        return values;
    }

    /** Null where it is missing (NA). */
    private String text(int length) {
        if (length < 0) {
            return null;
        }
        byte[] text = new byte[length <= bytes.remaining() ? length : length()];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
