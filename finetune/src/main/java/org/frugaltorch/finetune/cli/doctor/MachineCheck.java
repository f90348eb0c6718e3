package org.frugaltorch.finetune.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.frugaltorch.finetune.measure.Machine;

/** The operating system, its processor and its memory. */
final class MachineCheck implements Check {

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
        Machine machine = Machine.at(root);
        Finding.Builder finding = new Finding.Builder()
                .value("system", machine.system())
                .value("processor", machine.processor())
                .value("processor_features", machine.features())
                .value("threads", machine.threads());
        if (machine.memoryBytes() > 0) {
            finding.value("memory_total_bytes", machine.memoryBytes());
        }
        Machine.memory(root, "MemAvailable").ifPresent(bytes -> finding.value("memory_available_bytes", bytes));
        memoryLimit().ifPresent(limit -> finding.value("memory_limit_bytes", limit));
        if (!machine.hasBfloat16()) {
            finding.advise("This processor has no instructions for bfloat16, which will be slower than float32 here.");
        }
        return finding.usable();
    }

    /** The limit of the container, where there is one; the word "max" stands for none. */
    private Optional<Long> memoryLimit() {
        try (var lines = Files.lines(root.resolve("sys/fs/cgroup/memory.max"))) {
            return lines.filter(line -> line.matches("\\d+")).map(Long::valueOf).findFirst();
        } catch (IOException absent) {
            return Optional.empty();
        }
    }
}
