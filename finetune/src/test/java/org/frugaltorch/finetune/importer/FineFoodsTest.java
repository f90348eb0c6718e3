package org.frugaltorch.finetune.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.frugaltorch.finetune.data.Examples;
import org.frugaltorch.finetune.data.TextExample;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.FinishableWrapperOutputStream;
import org.tukaani.xz.LZMA2Options;

/** Tables of R, written here from the description of their form. */
class FineFoodsTest {
    private static final int SYMBOL = 1;
    private static final int PAIRS_WITH_TAG = 2 | 0x400;
    private static final int CHARACTERS = 9;
    private static final int INTEGERS = 13;
    private static final int STRINGS = 16;
    private static final int LIST = 19;
    private static final int WITH_ATTRIBUTES = 0x200;
    private static final int ALTERNATIVE = 238;
    private static final int NULL = 254;
    private static final int REFERENCE = 255;

    @TempDir
    Path directory;

    private interface Content {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] serialized(int version, Content content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeBytes("X\n");
        out.writeInt(version);
        out.writeInt(0x00040201);
        out.writeInt(0x00020300);
        if (version == 3) {
            out.writeInt(5);
            out.writeBytes("UTF-8");
        }
        content.write(out);
        return bytes.toByteArray();
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(CHARACTERS | 0x40000);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void strings(DataOutputStream out, String... values) throws IOException {
        out.writeInt(STRINGS);
        out.writeInt(values.length);
        for (String value : values) {
            text(out, value);
        }
    }

    private static void integers(DataOutputStream out, int flags, int... values) throws IOException {
        out.writeInt(INTEGERS | flags);
        out.writeInt(values.length);
        for (int value : values) {
            out.writeInt(value);
        }
    }

    private static void tag(DataOutputStream out, String name) throws IOException {
        out.writeInt(PAIRS_WITH_TAG);
        out.writeInt(SYMBOL);
        text(out, name);
    }

    /** A table: texts as a wrapped vector, labels as a factor, rows numbered in short. */
    private static byte[] table(List<String> reviews, int... scores) throws IOException {
        return serialized(3, out -> {
            out.writeInt(LIST | WITH_ATTRIBUTES);
            out.writeInt(2);
            out.writeInt(ALTERNATIVE);
            out.writeInt(2); // about it: a linked list of its class and package
            out.writeInt(SYMBOL);
            text(out, "wrap_string");
            out.writeInt(NULL);
            out.writeInt(LIST);
            out.writeInt(2);
            strings(out, reviews.toArray(String[]::new));
            integers(out, 0, 0, 0);
            out.writeInt(NULL);
            integers(out, WITH_ATTRIBUTES, scores);
            tag(out, "levels");
            strings(out, "great", "other");
            out.writeInt(NULL);
            tag(out, "names");
            strings(out, "review", "score");
            out.writeInt(PAIRS_WITH_TAG);
            out.writeInt(REFERENCE | 2 << 8); // the second symbol there was, levels: a tag of no meaning here
            integers(out, 0, 1);
            out.writeInt(NULL);
        });
    }

    private static byte[] chunk(char kind, byte... content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(content.length);
        out.writeByte(kind);
        if (kind == 'Z') {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (var xz = new LZMA2Options().getOutputStream(
                    new FinishableWrapperOutputStream(packed), org.tukaani.xz.ArrayCache.getDefaultCache())) {
                xz.write(content);
            }
            out.write(packed.toByteArray());
        } else {
            try (DeflaterOutputStream packed = new DeflaterOutputStream(out)) {
                packed.write(content);
            }
        }
        return bytes.toByteArray();
    }

    private Path deb(byte[] first, byte[] second, int skipped) throws IOException {
        byte[] index = serialized(2, out -> {
            out.writeInt(LIST | WITH_ATTRIBUTES);
            out.writeInt(3);
            out.writeInt(LIST | WITH_ATTRIBUTES);
            out.writeInt(2);
            integers(out, 0, 0, first.length);
            integers(out, 0, first.length + skipped, second.length);
            tag(out, "names");
            strings(out, "training_data", "testing_data");
            out.writeInt(NULL);
            out.writeInt(LIST);
            out.writeInt(0);
            integers(out, 0, 3);
            tag(out, "names");
            strings(out, "variables", "references", "compressed");
            out.writeInt(NULL);
        });
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(index);
        }
        byte[] data = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, data, first.length, second.length);
        ByteArrayOutputStream files = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new XZCompressorOutputStream(files))) {
            for (String end : List.of("rdx", "rdb")) {
                byte[] content = end.equals("rdx") ? zipped.toByteArray() : data;
                TarArchiveEntry entry = new TarArchiveEntry("./usr/lib/R/site-library/modeldata/data/Rdata." + end);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        Path deb = directory.resolve("p.deb");
        try (ArArchiveOutputStream ar = new ArArchiveOutputStream(Files.newOutputStream(deb))) {
            ar.putArchiveEntry(new ArArchiveEntry("debian-binary", 4));
            ar.write("2.0\n".getBytes(StandardCharsets.US_ASCII));
            ar.closeArchiveEntry();
            ar.putArchiveEntry(new ArArchiveEntry("data.tar.xz", files.size()));
            ar.write(files.toByteArray());
            ar.closeArchiveEntry();
        }
        return deb;
    }

    private void convert(Path deb) {
        new FineFoods(new DebianPackage("p")).convert(deb, directory);
    }

    private List<TextExample> read(String file) {
        return Examples.read(directory.resolve(file), "text", null, "label").rows();
    }

    @Test
    void readsTablesOfRAndKeepsThePartsApart() throws IOException {
        byte[] train = chunk('Z', table(List.of("Good t\u00e9a", "  Bad  ", "Good t\u00e9a", "In both"), 1, 2, 1, 2));
        byte[] eval = chunk('z', table(List.of("In both", "Fine\nfood"), 2, 1));
        convert(deb(train, eval, 0));
        assertThat(read("train.tsv")).containsExactly(
                new TextExample("Good t\u00e9a", null, "great"), new TextExample("Bad", null, "other"));
        assertThat(read("eval.tsv")).containsExactly(
                new TextExample("In both", null, "other"), new TextExample("Fine\nfood", null, "great"));
    }

    @Test
    void refusesDamage() throws IOException {
        byte[] table = table(List.of("a", "b"), 1, 2);
        byte[] good = chunk('Z', table);
        assertThatThrownBy(() -> convert(deb(good, good, 1))).isInstanceOf(DataException.class)
                .hasMessageContaining("'testing_data' lies outside its file");
        assertThatThrownBy(() -> convert(deb(chunk('Z', Arrays.copyOf(table, table.length - 30)), good, 0)))
                .isInstanceOf(DataException.class).hasMessageContaining("torn");
        assertThatThrownBy(() -> convert(deb(good, chunk('q', table), 0))).isInstanceOf(DataException.class)
                .hasMessageContaining("unknown compression 'q'");
        byte[] cut = good.clone();
        Arrays.fill(cut, 8, cut.length, (byte) 0x7f);
        assertThatThrownBy(() -> convert(deb(good, cut, 0))).isInstanceOf(DataException.class)
                .hasMessageContaining("damaged");
        assertThatThrownBy(() -> RSerialization.read(serialized(2, out -> out.writeInt(3)))).isInstanceOf(DataException.class)
                .hasMessageContaining("type 3, which is no data");
        assertThatThrownBy(() -> RSerialization.read(serialized(4, out -> { }))).hasMessageContaining("version 4");
        assertThatThrownBy(() -> RSerialization.read(new byte[] {'A', '\n'})).hasMessageContaining("not in the form XDR");
        Path noDeb = directory.resolve("no.deb");
        Files.writeString(noDeb, "!<arch>\nrubbish");
        assertThatThrownBy(() -> convert(noDeb)).isInstanceOf(DataException.class)
                .hasMessageContaining("if the file is damaged, delete it");
    }
}
