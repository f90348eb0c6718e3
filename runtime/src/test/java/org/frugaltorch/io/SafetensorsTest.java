package org.frugaltorch.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.frugaltorch.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    private static final String ONE = "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}";

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("x.safetensors");
    }

    /** The bytes of a file; the header is padded like the reference does and quotes may be single. */
    private static byte[] bytes(String header, int dataBytes) {
        String json = header.replace('\'', '"');
        return raw((json + " ".repeat((8 - json.getBytes(StandardCharsets.UTF_8).length % 8) % 8))
                .getBytes(StandardCharsets.UTF_8), dataBytes);
    }

    private static byte[] raw(byte[] header, int dataBytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
        out.writeBytes(header);
        out.writeBytes(new byte[dataBytes]);
        return out.toByteArray();
    }

    private static SafetensorsWriter.Tensor floats(String name, long[] shape, float... values) {
        return SafetensorsWriter.Tensor.of(name, DType.FLOAT32, shape, () -> MemorySegment.ofArray(values));
    }

    private static SafetensorsWriter.Tensor octets(String name, byte... values) {
        return SafetensorsWriter.Tensor.of(
                name, DType.UINT8, new long[] {values.length}, () -> MemorySegment.ofArray(values));
    }

    @Test
    void readsBackWhatWasWritten() {
        SafetensorsWriter.write(file(), List.of(
                octets("odd", (byte) 7, (byte) 8, (byte) 9),
                floats("z.weight", new long[] {2, 2}, 1, 2, 3, 4),
                floats("scalar", new long[0], 0.5f),
                floats("empty", new long[] {3, 0}),
                SafetensorsWriter.Tensor.of("näme \"q\"", DType.INT64, new long[] {1},
                        () -> MemorySegment.ofArray(new long[] {-5}))), Map.of("step", "12"));
        try (SafetensorsFile file = SafetensorsFile.open(file())) {
            assertThat(file.names()).containsExactly("odd", "z.weight", "scalar", "empty", "näme \"q\"");
            assertThat(file.metadata()).isEqualTo(Map.of("step", "12"));
            TensorSource.Entry weight = file.entry("z.weight");
            assertThat(weight.dtype()).isEqualTo(DType.FLOAT32);
            assertThat(weight.shape()).containsExactly(2, 2);
            assertThat(weight.elements()).isEqualTo(4);
            assertThat(weight.data().toArray(ValueLayout.JAVA_FLOAT)).containsExactly(1, 2, 3, 4);
            assertThat(file.entry("scalar").data().get(ValueLayout.JAVA_FLOAT, 0)).isEqualTo(0.5f);
            assertThat(file.entry("empty").data().byteSize()).isZero();
            assertThat(file.entry("odd").data().toArray(ValueLayout.JAVA_BYTE)).containsExactly(7, 8, 9);
            assertThat(file.entry("näme \"q\"").data().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(-5);
            assertThatThrownBy(() -> file.entry("b")).isInstanceOf(DataException.class)
                    .hasMessage(file() + " has no tensor 'b'");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void memoryOfWhatWasReadCanBeLetGo() throws IOException {
        int elements = 32 << 20;
        SafetensorsWriter.write(file(), List.of(floats("a", new long[] {elements}, new float[elements])));
        try (SafetensorsFile file = SafetensorsFile.open(file())) {
            TensorSource.Entry entry = file.entry("a");
            assertThat(sum(entry)).isZero();
            assertThat(residentBytes()).isGreaterThan(100 << 20);
            entry.letGo();
            assertThat(residentBytes()).isLessThan(28 << 20);
            assertThat(sum(entry)).isZero();
        }
    }

    private static double sum(TensorSource.Entry entry) {
        double sum = 0;
        for (long i = 0; i < entry.elements(); i++) {
            sum += entry.data().getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
        return sum;
    }

    /** Of the file alone: the kernel may take other files' pages back meanwhile. */
    private long residentBytes() throws IOException {
        long kibibytes = 0;
        boolean ours = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                ours = line.endsWith(file().toString());
            } else if (ours && line.startsWith("Rss:")) {
                kibibytes += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return kibibytes << 10;
    }

    @Test
    void writesTheBytesOfTheFormat() throws IOException {
        SafetensorsWriter.write(file(), List.of(floats("a", new long[] {2}, 1, -2)));
        String json = "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
        String padded = json + " ".repeat((8 - json.length() % 8) % 8);
        ByteBuffer expected = ByteBuffer.allocate(8 + padded.length() + 8).order(ByteOrder.LITTLE_ENDIAN);
        expected.putLong(padded.length()).put(padded.getBytes(StandardCharsets.US_ASCII)).putFloat(1).putFloat(-2);
        assertThat(Files.readAllBytes(file())).isEqualTo(expected.array());
    }

    @Test
    void asksForOneTensorAtATimeAndReleasesIt() {
        List<String> log = new ArrayList<>();
        List<SafetensorsWriter.Tensor> tensors = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            tensors.add(new SafetensorsWriter.Tensor(name, DType.INT8, new long[] {3_000_000}, writer -> {
                log.add("+" + name);
                try (Arena arena = Arena.ofConfined()) {
                    writer.accept(arena.allocate(3_000_000).fill((byte) 3));
                }
                log.add("-" + name);
            }));
        }
        SafetensorsWriter.write(file(), tensors, Map.of());
        assertThat(log).containsExactly("+a", "-a", "+b", "-b");
        try (SafetensorsFile file = SafetensorsFile.open(file())) {
            assertThat(file.metadata()).isEmpty();
            assertThat(file.entry("b").data().toArray(ValueLayout.JAVA_BYTE)).containsOnly(3).hasSize(3_000_000);
        }
    }

    @Test
    void refusesWrongInputAndKeepsTheOldFile() throws IOException {
        Files.writeString(file(), "old");
        assertThatThrownBy(() -> SafetensorsWriter.write(file(), List.of(floats("a", new long[] {3}, 1, 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'a' [3] needs 12 bytes once, but was given 8");
        assertThatThrownBy(() -> SafetensorsWriter.write(file(), List.of(octets("a"), octets("a"))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'a' is reserved or given twice");
        assertThatThrownBy(() -> SafetensorsWriter.write(file(), List.of(
                new SafetensorsWriter.Tensor("a", DType.INT8, new long[] {1}, writer -> { }))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("was given no data");
        assertThatThrownBy(() -> floats("a", new long[] {-1})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> floats("a", new long[] {1L << 40, 1L << 40})).isInstanceOf(IllegalArgumentException.class);
        assertThat(file()).content().isEqualTo("old");
    }

    @Test
    void writingToTheMappingDoesNotReachTheFile() throws IOException {
        SafetensorsWriter.write(file(), List.of(floats("a", new long[] {1}, 1)));
        byte[] before = Files.readAllBytes(file());
        try (SafetensorsFile file = SafetensorsFile.open(file())) {
            file.entry("a").data().set(ValueLayout.JAVA_FLOAT, 0, 9f);
            assertThat(file.entry("a").data().get(ValueLayout.JAVA_FLOAT, 0)).isEqualTo(9f);
        }
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
    }

    @Test
    void closingUnmapsUnlessTheArenaIsTheCallers() {
        SafetensorsWriter.write(file(), List.of(floats("a", new long[] {1}, 1)));
        SafetensorsFile own = SafetensorsFile.open(file());
        MemorySegment data = own.entry("a").data();
        own.close();
        own.close();
        assertThat(data.scope().isAlive()).isFalse();
        try (Arena arena = Arena.ofShared()) {
            SafetensorsFile borrowed = SafetensorsFile.open(file(), arena);
            borrowed.close();
            assertThat(borrowed.entry("a").data().get(ValueLayout.JAVA_FLOAT, 0)).isEqualTo(1f);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}   | 7 | ends at byte 8 but the file has only 7 bytes",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}   | 9 | 1 bytes after the last tensor belong to none",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}   | 8 | takes 12 bytes, but its data_offsets span 8",
        "{'a':{'dtype':'F33','shape':[2],'data_offsets':[0,8]}}   | 8 | tensor 'a': dtype F33 is not supported",
        "{'a':{'dtype':4,'shape':[2],'data_offsets':[0,8]}}       | 8 | dtype is not a text",
        "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}  | 8 | shape holds the negative number -2",
        "{'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,8]}} | 8 | not a whole number",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}} | 8 | more elements than can be counted",
        "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}} | 8 | beyond 64 bits",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}   | 8 | end before they begin",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}}  | 8 | data_offsets holds the negative number -8",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}}     | 8 | not a pair",
        "{'a':{'dtype':'F32','shape':[2]}}                        | 8 | not a pair",
        "{'a':{'dtype':'F32','data_offsets':[0,8]}}               | 8 | shape is missing",
        "{'a':{'shape':[2],'data_offsets':[0,8]}}                 | 8 | dtype is missing",
        "{'a':{'dtype':'F32','shape':2,'data_offsets':[0,8]}}     | 8 | shape is not an array",
        "{'a':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 8 | dtype is given twice",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}} | 8 | unknown field 'x'",
        "{'a':7}                                                  | 0 | its description is not an object",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}"
                + "| 8 | names the tensor 'a' twice",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[2,6]}}"
                + "| 6 | tensor 'b': its data overlaps",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[8,12]}}"
                + "| 12 | tensor 'b': 4 unused bytes lie before its data",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},'b':{'dtype':'F32','shape':[1],'data_offsets':[1,5]}}"
                + "| 5 | tensor 'b': its data is not aligned to 4 bytes",
        "{'a':{'dtype':'F32','shape':[2305843009213693951],'data_offsets':[0,9223372036854775804]}} | 8 | truncated",
        "{}x                                                      | 0 | not valid JSON",
        "{}{}                                                     | 0 | goes on after the closing brace",
        "[]                                                       | 0 | not a JSON object",
        "{'a':                                                    | 0 | not valid JSON",
        "{'__metadata__':[]}                                      | 0 | not an object of texts",
        "{'__metadata__':{'a':1}}                                 | 0 | entry 'a' is not a text",
        "{'__metadata__':{'a':'1','a':'2'}}                       | 0 | the entry 'a' twice",
        "{'__metadata__':{},'__metadata__':{}}                    | 0 | __metadata__ twice",
    })
    void refusesAnInconsistentHeader(String header, int dataBytes, String problem) throws IOException {
        Files.write(file(), bytes(header, dataBytes));
        refused(problem);
    }

    @Test
    void refusesADamagedFile() throws IOException {
        assertThatThrownBy(() -> SafetensorsFile.open(file())).isInstanceOf(DataException.class)
                .hasMessage("cannot read " + file() + ": " + file() + " does not exist");
        Files.write(file(), new byte[7]);
        refused("it has only 7 bytes");
        Files.write(file(), new byte[8]);
        refused("not a JSON object");
        byte[] good = bytes(ONE, 8);
        Files.write(file(), Arrays.copyOf(good, 40));
        refused("it is truncated");
        Files.write(file(), raw(new byte[] {'{', '"', (byte) 0xff, '"', '}'}, 0));
        refused("not UTF-8");
        Files.write(file(), "{}".getBytes(StandardCharsets.UTF_16));
        refused("it has only 6 bytes");
        Files.write(file(), raw("{}".getBytes(StandardCharsets.UTF_16LE), 0));
        refused("not valid JSON");
        for (long length : new long[] {-1, Long.MIN_VALUE, 100_000_001, Long.MAX_VALUE}) {
            ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
            Files.write(file(), good);
            refused("beyond the format's limit");
        }
        String deep = "{'__metadata__':{'a':" + "[".repeat(200_000);
        Files.write(file(), bytes(deep, 0));
        refused("is not a text");
        assertThatThrownBy(() -> SafetensorsFile.open(directory)).isInstanceOf(DataException.class)
                .hasMessageContaining("it is a directory");
    }

    private void refused(String problem) {
        assertThatThrownBy(() -> SafetensorsFile.open(file()).close()).isInstanceOf(DataException.class)
                .hasMessageStartingWith(file() + " is not a usable safetensors file: ").hasMessageContaining(problem);
    }

    @Test
    void noMutationOfAFileDoesMoreThanAClearError() throws IOException {
        SafetensorsWriter.write(file(), List.of(
                octets("b", (byte) 1), floats("a.weight", new long[] {2, 3}, 1, 2, 3, 4, 5, 6), floats("c", new long[] {1}, 1)));
        byte[] good = Files.readAllBytes(file());
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(42);
        byte[] likely = "{}[]\":,0123456789-eF\\ ".getBytes(StandardCharsets.US_ASCII);
        int opened = 0;
        int refused = 0;
        for (int round = 0; round < 2000; round++) {
            byte[] mutant = good.clone();
            for (int change = random.nextInt(1, 5); change > 0; change--) {
                int at = random.nextInt(mutant.length);
                switch (random.nextInt(5)) {
                    case 0 -> mutant[at] = (byte) random.nextInt();
                    case 1 -> mutant[at] = likely[random.nextInt(likely.length)];
                    case 2 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                    case 3 -> mutant = Arrays.copyOf(mutant, at + 1);
                    default -> System.arraycopy(mutant, at, mutant, random.nextInt(at + 1), 1);
                }
            }
            Files.write(file(), mutant);
            try (SafetensorsFile file = SafetensorsFile.open(file())) {
                for (String name : file.names()) {
                    TensorSource.Entry entry = file.entry(name);
                    assertThat(entry.data().toArray(ValueLayout.JAVA_BYTE)).hasSize(
                            Math.toIntExact(entry.elements() * entry.dtype().byteSize()));
                }
                opened++;
            } catch (DataException clear) {
                assertThat(clear.getMessage()).startsWith(file().toString());
                refused++;
            }
        }
        assertThat(opened).isGreaterThan(50);
        assertThat(refused).isGreaterThan(500);
    }
}
