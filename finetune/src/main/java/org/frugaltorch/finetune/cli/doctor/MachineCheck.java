package org.frugaltorch.finetune.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The operating system, its processor and its memory, as Linux tells under {@code /proc}. */
final class MachineCheck implements Check {

    /** What makes matrices fast, from the oldest to the newest. */
    private static final List<String> FEATURES =
            List.of("avx2", "f16c", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16");

    private final Path root;

    MachineCheck(Path root) {
        this.root = root;
    }

    @Override
    public String title() {
        return "Machine";
    }

    @Override
    public Finding look() {
        String flags = field("proc/cpuinfo", "flags").orElse("");
        List<String> features = FEATURES.stream().filter(Set.of(flags.split(" "))::contains).toList();
        Finding.Builder finding = new Finding.Builder()
                .value("system", System.getProperty("os.name") + " " + System.getProperty("os.version")
                        + " (" + System.getProperty("os.arch") + ")")
                .value("processor", field("proc/cpuinfo", "model name").orElse("unknown"))
                .value("processor_features", features)
                .value("threads", Runtime.getRuntime().availableProcessors());
        field("proc/meminfo", "MemTotal").ifPresent(value -> finding.value("memory_total_bytes", kilobytes(value)));
        field("proc/meminfo", "MemAvailable").ifPresent(value -> finding.value("memory_available_bytes", kilobytes(value)));
        memoryLimit().ifPresent(limit -> finding.value("memory_limit_bytes", limit));
        if (!features.contains("avx512_bf16") && !features.contains("amx_bf16")) {
            finding.advise("This processor has no instructions for bfloat16, which will be slower than float32 here.");
        }
        return finding.usable();
    }

    private Optional<String> field(String file, String name) {
        return lines(file).stream()
                .filter(line -> line.startsWith(name) && line.contains(":"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }

    /** The limit of the container, where there is one; the word "max" stands for none. */
    private Optional<Long> memoryLimit() {
        return lines("sys/fs/cgroup/memory.max").stream().filter(line -> line.matches("\\d+")).map(Long::valueOf).findFirst();
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(root.resolve(file));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static long kilobytes(String value) {
        return Long.parseLong(value.replace(" kB", "").strip()) * 1024;
    }
}
