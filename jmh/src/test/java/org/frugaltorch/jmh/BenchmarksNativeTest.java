package org.frugaltorch.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark that JMH would find, called once, with every method that it knows, on toy shapes. */
class BenchmarksNativeTest {
    private static final Map<String, String> TINY = Map.of(
            "batch", "2", "sequence", "16", "bytes", "65536", "size", "128", "texts", "20", "tokens", "4",
            "prompt", "3");
    private static final List<String> EVERY_VALUE_OF = List.of("method", "ledger", "dtype", "kind");

    @TempDir
    private static Path fixtures;

    @BeforeAll
    static void makeFixtures() {
        System.setProperty(BenchmarkSettings.FIXTURES, fixtures.toString());
        StepFixtures.make(fixtures, StepFixtures.Size.named("bert-tiny-2x16"));
        StepFixtures.make(fixtures, StepFixtures.Size.named("llama-tiny-2x16"));
    }

    private long handles;

    @BeforeEach
    void count() {
        handles = TensorScope.liveHandles();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(TensorScope.liveHandles()).isEqualTo(handles);
    }

    private static List<BenchmarkListEntry> ours() {
        return BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of()).stream()
                .filter(entry -> !entry.getUserClassQName().matches(".*\\.(Djl|JavaCpp).*"))
                .toList();
    }

    @Test
    void thereAreBenchmarksOfEverything() {
        assertThat(ours().stream().map(BenchmarksNativeTest::simpleName).distinct()).containsExactlyInAnyOrder(
                "CallBenchmark", "OperatorBenchmark", "ScopeBenchmark", "SafetensorsBenchmark", "FourBitBenchmark",
                "MatmulBenchmark", "EncoderStepBenchmark", "DecoderStepBenchmark", "FrugalStepBenchmark",
                "TextBenchmark", "LedgerBenchmark", "GenerationBenchmark");
    }

    @TestFactory
    Stream<DynamicTest> runs() {
        return ours().stream().flatMap(entry -> parameters(entry).stream().map(parameters -> DynamicTest.dynamicTest(
                entry.getUsername() + parameters, () -> runOnce(entry, parameters))));
    }

    private static void runOnce(BenchmarkListEntry entry, Map<String, String> parameters) throws Exception {
        Counters.clear();
        long before = TensorScope.liveHandles();
        Class<?> type = Class.forName(entry.getUserClassQName());
        Object benchmark = type.getConstructor().newInstance();
        for (Field field : fields(type)) {
            String value = parameters.get(field.getName());
            field.set(benchmark, field.getType() == int.class ? Integer.valueOf(value)
                    : field.getType() == long.class ? (Object) Long.valueOf(value) : value);
        }
        call(benchmark, Setup.class);
        String name = entry.getUsername().substring(entry.getUsername().lastIndexOf('.') + 1);
        Object result = type.getMethod(name).invoke(benchmark);
        if (result instanceof Double loss) {
            assertThat(loss).isFinite().isPositive();
        }
        call(benchmark, TearDown.class);
        if (simpleName(entry).contains("Step")) {
            assertThat(Counters.all()).containsKeys(Counters.PEAK, Counters.ITEMS);
        }
        assertThat(TensorScope.liveHandles()).isEqualTo(before);
    }

    private static void call(Object benchmark, Class<? extends Annotation> annotation) throws Exception {
        for (Method method : benchmark.getClass().getMethods()) {
            if (method.isAnnotationPresent(annotation)) {
                method.invoke(benchmark);
            }
        }
    }

    /** One map a combination of those parameters all of whose values are to be tried. */
    private static List<Map<String, String>> parameters(BenchmarkListEntry entry) {
        List<Map<String, String>> all = new ArrayList<>(List.of(new TreeMap<>()));
        for (Field field : fields(classOf(entry))) {
            List<Map<String, String>> extended = new ArrayList<>();
            for (Map<String, String> one : all) {
                for (String value : values(entry, field)) {
                    Map<String, String> more = new TreeMap<>(one);
                    more.put(field.getName(), value);
                    extended.add(more);
                }
            }
            all = extended;
        }
        return all;
    }

    private static List<String> values(BenchmarkListEntry entry, Field field) {
        List<String> declared = List.of(field.getAnnotation(Param.class).value());
        return switch (field.getName()) {
            case "shape" -> List.of(
                    simpleName(entry).matches("(Encoder|Ledger).*") ? "bert-tiny" : "llama-tiny");
            case "fixture" -> List.of("bert-tiny-2x16", "llama-tiny-2x16");
            default -> EVERY_VALUE_OF.contains(field.getName())
                    ? declared
                    : List.of(TINY.getOrDefault(field.getName(), declared.getFirst()));
        };
    }

    private static Class<?> classOf(BenchmarkListEntry entry) {
        try {
            return Class.forName(entry.getUserClassQName());
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String simpleName(BenchmarkListEntry entry) {
        return classOf(entry).getSimpleName();
    }

    private static List<Field> fields(Class<?> type) {
        return Arrays.stream(type.getFields()).filter(field -> field.isAnnotationPresent(Param.class)).toList();
    }
}
