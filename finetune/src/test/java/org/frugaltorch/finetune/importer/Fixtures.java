package org.frugaltorch.finetune.importer;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Small foreign files, written from their formats' descriptions rather than by the code under test. */
final class Fixtures {
    static final int VOCABULARY = 7;
    static final int HIDDEN = 4;
    static final int INNER = 6;
    static final int LAYERS = 2;

    private Fixtures() {
    }

    /** A message under construction. */
    interface Body {
        void write(CodedOutputStream out) throws IOException;
    }

    static byte[] message(Body body) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            body.write(out);
            out.flush();
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static void embed(CodedOutputStream out, int field, byte[] message) throws IOException {
        out.writeBytes(field, ByteString.copyFrom(message));
    }

    /** Element (i) of the tensor {@code name}: different for every name and place. */
    static float value(String name, int i) {
        return name.hashCode() % 1000 + i / 100f;
    }

    static byte[] floats(String name, long... shape) {
        int size = 1;
        for (long dim : shape) {
            size *= Math.toIntExact(dim);
        }
        ByteBuffer bytes = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < size; i++) {
            bytes.putFloat(value(name, i));
        }
        return bytes.array();
    }

    /** Shapes of a tiny BERT by Hugging Face name; matrices as [out, in]. */
    static Map<String, long[]> bert() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("embeddings.word_embeddings.weight", new long[] {VOCABULARY, HIDDEN});
        shapes.put("embeddings.position_embeddings.weight", new long[] {5, HIDDEN});
        shapes.put("embeddings.token_type_embeddings.weight", new long[] {2, HIDDEN});
        norm(shapes, "embeddings.LayerNorm");
        for (int layer = 0; layer < LAYERS; layer++) {
            String prefix = "encoder.layer." + layer + ".";
            linear(shapes, prefix + "attention.self.query", HIDDEN, HIDDEN);
            linear(shapes, prefix + "attention.self.key", HIDDEN, HIDDEN);
            linear(shapes, prefix + "attention.self.value", HIDDEN, HIDDEN);
            linear(shapes, prefix + "attention.output.dense", HIDDEN, HIDDEN);
            norm(shapes, prefix + "attention.output.LayerNorm");
            linear(shapes, prefix + "intermediate.dense", INNER, HIDDEN);
            linear(shapes, prefix + "output.dense", HIDDEN, INNER);
            norm(shapes, prefix + "output.LayerNorm");
        }
        return shapes;
    }

    private static void linear(Map<String, long[]> shapes, String name, long out, long in) {
        shapes.put(name + ".weight", new long[] {out, in});
        shapes.put(name + ".bias", new long[] {out});
    }

    private static void norm(Map<String, long[]> shapes, String name) {
        shapes.put(name + ".weight", new long[] {HIDDEN});
        shapes.put(name + ".bias", new long[] {HIDDEN});
    }

    static boolean isMatrix(String name, long[] shape) {
        return shape.length == 2 && !name.contains("embeddings");
    }

    /** An ONNX model: matrices are anonymous, transposed and named by the product that uses them. */
    static byte[] onnx(Map<String, long[]> shapes) {
        return message(model -> {
            model.writeInt64(1, 8);
            embed(model, 7, message(graph -> {
                int anonymous = 0;
                for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
                    String name = entry.getKey();
                    long[] shape = entry.getValue();
                    String stored = name;
                    if (isMatrix(name, shape)) {
                        stored = "onnx::MatMul_" + anonymous++;
                        shape = new long[] {shape[1], shape[0]};
                        String product = "/" + name.replace('.', '/').replace("layer/", "layer.").replace("/weight", "/MatMul");
                        embed(graph, 1, node(product, stored));
                    }
                    embed(graph, 5, tensor(stored, 1, shape, floats(name, shape)));
                }
                embed(graph, 5, tensor("embeddings.position_ids", 7, new long[] {1, 1}, new byte[8]));
            }));
        });
    }

    private static byte[] node(String name, String weight) {
        return message(out -> {
            out.writeString(1, "input");
            out.writeString(1, weight);
            out.writeString(2, name + "_output");
            out.writeString(3, name);
            out.writeString(4, "MatMul");
        });
    }

    static byte[] tensor(String name, int type, long[] dims, byte[] raw) {
        return message(out -> {
            for (long dim : dims) {
                out.writeInt64(1, dim);
            }
            out.writeInt32(2, type);
            out.writeString(8, name);
            out.writeBytes(9, ByteString.copyFrom(raw));
        });
    }

    /** A TensorFlow checkpoint: its index and its data. */
    record Bundle(byte[] index, byte[] data) {
    }

    static Bundle bundle(Map<String, byte[]> tensors, Map<String, long[]> shapes) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        Map<String, byte[]> entries = new TreeMap<>();
        entries.put("", message(out -> out.writeInt32(1, 1)));
        tensors.forEach((name, bytes) -> {
            int offset = data.size();
            data.writeBytes(bytes);
            entries.put(name, message(out -> {
                out.writeInt32(1, 1);
                embed(out, 2, message(shape -> {
                    for (long dim : shapes.get(name)) {
                        embed(shape, 2, message(size -> size.writeInt64(1, dim)));
                    }
                }));
                out.writeInt64(4, offset);
                out.writeInt64(5, bytes.length);
                out.writeFixed32(6, masked(bytes));
            }));
        });
        return new Bundle(table(entries), data.toByteArray());
    }

    /** A table of two data blocks. */
    static byte[] table(Map<String, byte[]> entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Map<String, byte[]> first = new TreeMap<>();
        Map<String, byte[]> second = new TreeMap<>();
        entries.forEach((key, value) -> (first.size() <= entries.size() / 2 ? first : second).put(key, value));
        Map<String, byte[]> index = new TreeMap<>();
        index.put("m", block(out, first));
        index.put("z", block(out, second));
        byte[] meta = block(out, Map.of());
        byte[] handle = block(out, index);
        ByteBuffer footer = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        footer.put(meta).put(handle).putLong(40, 0xdb4775248b80fb57L);
        out.writeBytes(footer.array());
        return out.toByteArray();
    }

    private static byte[] block(ByteArrayOutputStream file, Map<String, byte[]> entries) {
        byte[] content = message(out -> {
            String before = "";
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                String key = entry.getKey();
                int shared = 0;
                while (shared < Math.min(key.length(), before.length()) && key.charAt(shared) == before.charAt(shared)) {
                    shared++;
                }
                byte[] suffix = key.substring(shared).getBytes(StandardCharsets.US_ASCII);
                out.writeUInt32NoTag(shared);
                out.writeUInt32NoTag(suffix.length);
                out.writeUInt32NoTag(entry.getValue().length);
                out.writeRawBytes(suffix);
                out.writeRawBytes(entry.getValue());
                before = key;
            }
            out.writeFixed32NoTag(0); // the only restart point
            out.writeFixed32NoTag(1);
        });
        int offset = file.size();
        byte[] typed = Arrays.copyOf(content, content.length + 1);
        file.writeBytes(typed);
        file.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(masked(typed)).array());
        return message(out -> {
            out.writeUInt64NoTag(offset);
            out.writeUInt64NoTag(content.length);
        });
    }

    private static int masked(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        long value = crc.getValue();
        return (int) ((value >>> 15 | value << 17 & 0xffffffffL) + 0xa282ead8L);
    }

    static byte[] zip(Map<String, byte[]> entries, boolean stored) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry header = new ZipEntry(entry.getKey());
                if (stored) {
                    CRC32 crc = new CRC32();
                    crc.update(entry.getValue());
                    header.setMethod(ZipEntry.STORED);
                    header.setSize(entry.getValue().length);
                    header.setCrc(crc.getValue());
                }
                zip.putNextEntry(header);
                zip.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    static Path jar(Path file, Map<String, byte[]> entries) throws IOException {
        return Files.write(file, zip(entries, false));
    }
}
