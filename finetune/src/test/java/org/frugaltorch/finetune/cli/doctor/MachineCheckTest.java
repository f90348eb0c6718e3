package org.frugaltorch.finetune.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineCheckTest {

    @TempDir
    private Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void readsProcessorAndMemory() throws IOException {
        write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Fast One\nflags\t\t: fpu avx2 avx512f avx512_bf16 amx_bf16\n\n");
        write("proc/meminfo", "MemTotal:       24684084 kB\nMemFree: 1 kB\nMemAvailable:    2048 kB\n");
        write("sys/fs/cgroup/memory.max", "1073741824\n");

        Finding finding = new MachineCheck(root).look();

        assertThat(finding.usable()).isTrue();
        assertThat(finding.advice()).isEmpty();
        assertThat(finding.values())
                .containsEntry("processor", "Fast One")
                .containsEntry("processor_features", List.of("avx2", "avx512f", "avx512_bf16", "amx_bf16"))
                .containsEntry("memory_total_bytes", 24684084L * 1024)
                .containsEntry("memory_available_bytes", 2048L * 1024)
                .containsEntry("memory_limit_bytes", 1L << 30);
    }

    @Test
    void saysWhenBfloat16IsSlow() throws IOException {
        write("proc/cpuinfo", "model name\t: Old One\nflags\t\t: fpu avx2\n");
        write("sys/fs/cgroup/memory.max", "max\n");

        Finding finding = new MachineCheck(root).look();

        assertThat(finding.advice()).singleElement().asString().contains("bfloat16");
        assertThat(finding.values()).doesNotContainKeys("memory_limit_bytes", "memory_total_bytes");
    }
}
