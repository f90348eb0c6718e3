package org.frugaltorch.finetune.measure;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * JSON of measured values. JSON knows no NaN and no infinity: both are written as {@code null}, and a {@code null} or
 * missing {@code double} is read as NaN. A missing {@code long} is read as {@link Units#UNKNOWN}. Fields that are not
 * known when reading are skipped, so that files of later versions stay readable.
 */
public final class MeasuredJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(numbers())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final ObjectWriter INDENTED = MAPPER.writer(new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(DefaultPrettyPrinter.FixedSpaceIndenter.instance));

    private MeasuredJson() {}

    /** One line, without a line end. */
    public static String line(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Indented by two spaces, with a line end after the last line. */
    public static String indented(Object value) {
        try {
            return INDENTED.writeValueAsString(value) + "\n";
        } catch (JsonProcessingException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException if the text is not JSON or does not fit the type; the message says where
     */
    public static <T> T read(String json, Class<T> type) {
        return read(json, MAPPER.constructType(type));
    }

    /**
     * Reads an object whose fields, kept in their order, are all of one type.
     *
     * @throws IllegalArgumentException if the text is not JSON or does not fit the type; the message says where
     */
    public static <T> Map<String, T> readObjectOf(String json, Class<T> type) {
        return read(json, MAPPER.getTypeFactory().constructMapType(LinkedHashMap.class, String.class, type));
    }

    /** The fields of a record or bean as they would be written, by name and in order. */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> fields(Object value) {
        return MAPPER.convertValue(value, LinkedHashMap.class);
    }

    /**
     * The opposite of {@link #fields}.
     *
     * @throws IllegalArgumentException if the fields do not fit the type
     */
    public static <T> T fromFields(Map<String, Object> fields, Class<T> type) {
        return MAPPER.convertValue(fields, type);
    }

    private static <T> T read(String json, JavaType type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException failure) {
            JsonLocation at = failure.getLocation();
            String where = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
            throw new IllegalArgumentException(failure.getOriginalMessage() + where, failure);
        }
    }

    private static SimpleModule numbers() {
        SimpleModule module = new SimpleModule("measured values");
        module.addSerializer(double.class, new FiniteOrNull());
        module.addSerializer(Double.class, new FiniteOrNull());
        module.addDeserializer(double.class, new NumberOrNaN());
        module.addDeserializer(Double.class, new NumberOrNaN());
        module.addDeserializer(long.class, new LongOrUnknown());
        module.addSerializer(Path.class, ToStringSerializer.instance);
        return module;
    }

    private static final class FiniteOrNull extends StdSerializer<Double> {
        private static final long serialVersionUID = 1L;

        FiniteOrNull() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator out, SerializerProvider provider) throws IOException {
            if (Double.isFinite(value)) {
                out.writeNumber(value);
            } else {
                out.writeNull();
            }
        }
    }

    private static final class NumberOrNaN extends StdDeserializer<Double> {
        private static final long serialVersionUID = 1L;

        NumberOrNaN() {
            super(Double.class);
        }

        @Override
        public Double deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return _parseDoublePrimitive(in, context);
        }

        @Override
        public Double getNullValue(DeserializationContext context) {
            return Double.NaN;
        }
    }

    private static final class LongOrUnknown extends StdDeserializer<Long> {
        private static final long serialVersionUID = 1L;

        LongOrUnknown() {
            super(Long.class);
        }

        @Override
        public Long deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return _parseLongPrimitive(in, context);
        }

        @Override
        public Long getNullValue(DeserializationContext context) {
            return Units.UNKNOWN;
        }
    }
}
