package org.frugaltorch.finetune.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.frugaltorch.engine.Engine.MatmulPrecision;
import org.frugaltorch.tensor.Device;

/**
 * The machine that something is measured on, as Linux tells under {@code /proc}.
 *
 * @param system operating system and architecture
 * @param processor its model, or {@code unknown}
 * @param features instructions that make matrices fast, from the oldest to the newest
 * @param threads that the machine can run at once
 * @param memoryBytes of the machine; {@link Units#UNKNOWN} if it does not tell
 */
public record Machine(String system, String processor, List<String> features, int threads, long memoryBytes) {
    private static final List<String> FEATURES =
            List.of("avx2", "f16c", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16");

    public Machine {
        features = features == null ? List.of() : List.copyOf(features);
    }

    /** The machine that this program runs on. */
    public static Machine here() {
        return at(Path.of("/"));
    }

    /** The machine whose {@code proc} folder lies in {@code root}. */
    public static Machine at(Path root) {
        Path processors = root.resolve("proc/cpuinfo");
        Set<String> flags = Set.copyOf(List.of(field(processors, "flags").orElse("").split(" ")));
        return new Machine(
                System.getProperty("os.name") + " " + System.getProperty("os.version")
                        + " (" + System.getProperty("os.arch") + ")",
                field(processors, "model name").orElse("unknown"),
                FEATURES.stream().filter(flags::contains).toList(),
                Runtime.getRuntime().availableProcessors(),
                memory(root, "MemTotal").orElse(Units.UNKNOWN));
    }

    /** Whether it multiplies matrices of bfloat16 faster than those of float32. */
    public boolean hasBfloat16() {
        return features.contains("avx512_bf16") || features.contains("amx_bf16");
    }

    /** Whether it has instructions for whole matrices (AMX). */
    public boolean hasMatrixInstructions() {
        return features.contains("amx_bf16");
    }

    /**
     * The precision to multiply float32 matrices with where another one is allowed. Without matrix instructions libtorch leaves
     * no digits out on the CPU, but what may do so makes it take a slower way to the same numbers.
     */
    public MatmulPrecision precision(MatmulPrecision allowed, Device device) {
        return device.isCpu() && !hasMatrixInstructions() ? MatmulPrecision.HIGHEST : allowed;
    }

    /** An entry of {@code proc/meminfo} in bytes. */
    public static Optional<Long> memory(Path root, String name) {
        return field(root.resolve("proc/meminfo"), name)
                .map(value -> Long.parseLong(value.replace(" kB", "").strip()) * 1024);
    }

    private static Optional<String> field(Path file, String name) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(name) && line.contains(":"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException absent) {
            return Optional.empty();
        }
    }
}
