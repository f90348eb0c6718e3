package org.frugaltorch.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory of this process as Linux sees it, the one measure that is the same for every library: whoever allocated it,
 * and whether or not it was given back.
 */
final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path RESET = Path.of("/proc/self/clear_refs");
    private static final String RESET_PEAK = "5";

    private final long before;

    private ResidentMemory(long before) {
        this.before = before;
    }

    /** Begins to measure: the peak is what there is now. */
    static ResidentMemory start() {
        System.gc();
        try {
            Files.writeString(RESET, RESET_PEAK);
        } catch (IOException notAllowed) {
            // The peak since the start of the process is then the peak; models come after everything else.
        }
        return new ResidentMemory(bytes("VmRSS"));
    }

    /** Most bytes since the start, less those at the start; 0 where the system does not tell. */
    long peak() {
        return Math.max(0, bytes("VmHWM") - before);
    }

    private static long bytes(String field) {
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(field + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst().orElse(0);
        } catch (IOException unknown) {
            return 0;
        }
    }
}
