package org.frugaltorch.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.bindings.HugePages;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the operating system counts, beside what the ledger does. */
@ExtendWith(LiveHandles.class)
@EnabledOnOs(OS.LINUX)
class ResidentMemoryNativeTest {
    private static final long LARGE = 12L << 20;
    private static final long SMALL = 100_000;
    private static final int COUNT = 20;

    private static Tensor ones(long bytes) {
        return Tensors.full(1, DType.UINT8, Device.CPU, bytes);
    }

    /** A heap that grew cannot shrink past what is still in use at its end: its addresses would stay the process's. */
    @Test
    void largeTensorsAreGivenBackThoughSmallOnesOutliveThem() throws IOException {
        assumeThat(System.getenv("MALLOC_MMAP_THRESHOLD_")).isNull();
        try (TensorScope scope = TensorScope.open()) {
            ones(3 * LARGE).close(); // from here on the C library by itself would take all others from its heap
            List<Tensor> large = new ArrayList<>();
            for (int i = 0; i < COUNT; i++) {
                large.add(ones(LARGE));
                ones(SMALL);
            }
            List<Long> middles = large.stream().map(tensor -> tensor.dataAddress() + LARGE / 2).toList();
            assertThat(countMapped(middles)).isEqualTo(COUNT);
            large.forEach(Tensor::close);
            assertThat(countMapped(middles)).as("but for areas that other threads asked for meanwhile").isLessThan(COUNT / 4);
        }
    }

    /** The kernel notes for each area whether huge pages were asked for; whether it has any to give is its own affair. */
    @Test
    void hugePagesAreAskedForWhereTheyAreWanted() throws IOException {
        assumeThat(System.getenv("THP_MEM_ALLOC_ENABLE")).isNull();
        assumeThat(Path.of("/sys/kernel/mm/transparent_hugepage/enabled")).content().doesNotContain("[never]");
        try (Tensor large = ones(2 * LARGE); Tensor computed = large.add(large)) {
            assertThat(flagsOfAreaWith(large.dataAddress() + LARGE)).as("made here").contains("hg");
            assertThat(flagsOfAreaWith(computed.dataAddress() + LARGE)).as("made by an operator").doesNotContain("hg");
            HugePages.ask(computed.dataAddress(), computed.byteSize());
            assertThat(flagsOfAreaWith(computed.dataAddress() + LARGE)).contains("hg");
        }
    }

    private static long countMapped(List<Long> addresses) throws IOException {
        List<String> areas = Files.readAllLines(Path.of("/proc/self/maps"));
        return addresses.stream().filter(address -> areas.stream().anyMatch(area -> holds(area, address))).count();
    }

    private static List<String> flagsOfAreaWith(long address) throws IOException {
        boolean found = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                found = holds(line, address);
            } else if (found && line.startsWith("VmFlags:")) {
                return List.of(line.substring("VmFlags:".length()).trim().split(" "));
            }
        }
        throw new AssertionError("the memory of the tensor is in no area of this process");
    }

    private static boolean holds(String area, long address) {
        String[] bounds = area.substring(0, area.indexOf(' ')).split("-");
        return Long.compareUnsigned(Long.parseUnsignedLong(bounds[0], 16), address) <= 0
                && Long.compareUnsigned(address, Long.parseUnsignedLong(bounds[1], 16)) < 0;
    }
}
