package org.frugaltorch.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.bindings.LibtorchFeature;
import org.frugaltorch.bindings.PlatformThread;
import org.frugaltorch.bindings.generated.LibtorchInternal;
import org.frugaltorch.bindings.generated.MemoryReporter_destroy;
import org.frugaltorch.bindings.generated.MemoryReporter_isEnabled;
import org.frugaltorch.bindings.generated.MemoryReporter_outOfMemory;
import org.frugaltorch.bindings.generated.MemoryReporter_report;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Counts every byte that libtorch's allocators give out and take back while it is open, by device and by phase of a
 * training step. The numbers are the allocators' own reports, the same that PyTorch's profiler sees; memory that
 * libtorch does not allocate itself (mapped files, the BLAS library's work space) is not in them. On the CPU libtorch
 * knows the size only of what was allocated under a ledger: freeing older memory is not counted.
 *
 * <p>A ledger watches the thread that opened it, and the threads on which autograd runs that thread's backward passes.
 * It must be closed by the same thread, innermost first; what an inner ledger counts counts for those around it too.
 * Without an open ledger nothing is reported and nothing costs.
 *
 * <pre>{@code
 * try (MemoryLedger ledger = MemoryLedger.open()) {
 *     ledger.enter(Phase.FORWARD);
 *     ...
 *     long bytes = ledger.liveBytes();
 * }
 * }</pre>
 */
public final class MemoryLedger implements AutoCloseable {
    private static final long SELF_TEST_BYTES = 1 << 20;
    private static final long KIND_BEFORE_VALUES = 2;
    private static final int CPU_SLOT = 0;
    private static final int MOST_DEVICES = 17;

    private static final ThreadLocal<MemoryLedger> INNERMOST = new ThreadLocal<>();

    private final Arena arena = Arena.ofShared();
    private final ReentrantLock lock = new ReentrantLock();
    private final DeviceLedger[] devices = new DeviceLedger[MOST_DEVICES];
    private final MemoryLedger parent = INNERMOST.get();
    private final MemorySegment sharedPointer = arena.allocate(JAVA_LONG, 2);
    private final LiveBlocks blocks = new LiveBlocks();
    private Phase phase = Phase.REST;
    private volatile Shortage shortage;
    private boolean closed;

    /**
     * An allocation that libtorch's allocator had no memory for.
     *
     * @param bytes that were wanted
     * @param liveBytes that were in use at that moment, as the ledger counts them
     * @param phase it fell into
     */
    public record Shortage(long bytes, long liveBytes, Phase phase) {}

    private MemoryLedger() {
        for (int i = 0; i < MOST_DEVICES; i++) {
            devices[i] = new DeviceLedger();
        }
        push();
        INNERMOST.set(this);
    }

    /**
     * Opens a ledger on this thread.
     *
     * @throws IllegalStateException on a virtual thread
     * @throws UnsupportedOperationException when this libtorch does not report allocations the way we know
     */
    public static MemoryLedger open() {
        if (!isSupported()) {
            throw new UnsupportedOperationException("This libtorch does not report its allocations in the known way;"
                    + " memory cannot be measured with it (libtorch 2.13 is known to work)");
        }
        return new MemoryLedger();
    }

    /**
     * Whether this libtorch passes the start-up self-test: a tensor of known size must be reported as such.
     *
     * @throws IllegalStateException on a virtual thread
     */
    public static boolean isSupported() {
        PlatformThread.require(); // before the self-test, whose failure would be remembered
        return Support.WORKS;
    }

    /**
     * Multiplies two small matrices and differentiates that, so that what a device's library keeps for as long as the
     * process lasts, such as the work space of cuBLAS for each thread, is there before memory is measured.
     *
     * @throws IllegalStateException on a virtual thread
     */
    public static void settle(Device device) {
        try (TensorScope scope = TensorScope.open();
                GradMode on = GradMode.enabled()) {
            for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
                Tensor matrix = Tensors.full(1, type, device, 16, 16).setRequiresGrad(true);
                Backward.run(matrix.matmul(matrix).sum());
                matrix.clearGrad();
            }
        }
    }

    /** Runs the self-test once, when the first ledger is wanted. */
    private static final class Support {
        static final boolean WORKS = selfTest();

        private static boolean selfTest() {
            try (TensorScope scope = TensorScope.open();
                    MemoryLedger ledger = new MemoryLedger();
                    Tensor known = Tensors.empty(DType.UINT8, Device.CPU, SELF_TEST_BYTES)) {
                return ledger.liveBytes() == SELF_TEST_BYTES && !known.isClosed();
            }
        }
    }

    // ---- phases -----------------------------------------------------------------------------------------------------

    /** Begins a phase; the one before ends. */
    public void enter(Phase next) {
        lock.lock();
        try {
            phase = next;
            for (DeviceLedger device : devices) {
                device.enter(next.ordinal());
            }
        } finally {
            lock.unlock();
        }
    }

    /** The phase that allocations are counted under now. */
    public Phase phase() {
        return phase;
    }

    /** Sets every peak to what is live now. */
    public void resetPeaks() {
        lock.lock();
        try {
            for (DeviceLedger device : devices) {
                device.resetPeaks();
                device.enter(phase.ordinal());
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- numbers ----------------------------------------------------------------------------------------------------

    /** Bytes allocated and not yet freed since this ledger was opened, over all devices. */
    public long liveBytes() {
        return sum(DeviceLedger::live);
    }

    /** Most bytes that were live at once since opening or {@link #resetPeaks}; devices added up. */
    public long peakBytes() {
        return sum(DeviceLedger::peak);
    }

    /** Most bytes that were live at once during a phase. */
    public long peakBytes(Phase of) {
        return sum(device -> device.phasePeak(of));
    }

    /** Number of allocations since opening. */
    public long allocations() {
        return sum(DeviceLedger::allocations);
    }

    /** The last allocation under this ledger that failed for want of memory. */
    public Optional<Shortage> lastShortage() {
        return Optional.ofNullable(shortage);
    }

    /** Live bytes of each device that was used. */
    public Map<String, Long> liveBytesByDevice() {
        lock.lock();
        try {
            Map<String, Long> result = new TreeMap<>();
            for (int i = 0; i < MOST_DEVICES; i++) {
                if (devices[i].allocations() > 0) {
                    result.put(i == CPU_SLOT ? "cpu" : "cuda:" + (i - 1), devices[i].live());
                }
            }
            return result;
        } finally {
            lock.unlock();
        }
    }

    private long sum(java.util.function.ToLongFunction<DeviceLedger> number) {
        lock.lock();
        try {
            long total = 0;
            for (DeviceLedger device : devices) {
                total += number.applyAsLong(device);
            }
            return total;
        } finally {
            lock.unlock();
        }
    }

    // ---- what libtorch calls ------------------------------------------------------------------------------------------

    /**
     * Runs inside libtorch's allocators, on any thread: nothing may be thrown and nothing allocated natively. What was
     * allocated before this ledger was opened is none of its business, though libtorch may report its release: with the
     * size of an earlier block at that address, of whose release it did not hear.
     */
    private void report(long address, long bytes, short device) {
        lock.lock();
        try {
            int type = device & 0xff;
            int slot = type == Device.CPU_TYPE ? CPU_SLOT : 1 + Math.min(Math.max(device >> 8, 0), MOST_DEVICES - 2);
            long freed = bytes > 0 ? blocks.put(address, bytes) : blocks.remove(address);
            if (freed > 0) {
                devices[slot].report(-freed, phase.ordinal());
            }
            if (bytes > 0) {
                devices[slot].report(bytes, phase.ordinal());
            }
        } finally {
            lock.unlock();
        }
        // libtorch tells only the object that was pushed last.
        if (parent != null) {
            parent.report(address, bytes, device);
        }
    }

    /** Runs inside libtorch's allocators like {@link #report}, just before they throw. */
    private void reportShortage(long bytes) {
        shortage = new Shortage(bytes, liveBytes(), phase);
        if (parent != null) {
            parent.reportShortage(bytes);
        }
    }

    /**
     * Builds the C++ object that libtorch reports to and pushes it as this thread's profiler state. A shared pointer
     * without a control block does not own its object: the object lives in our arena.
     */
    private void push() {
        MemorySegment destroy = MemoryReporter_destroy.allocate(self -> {}, arena);
        MemorySegment[] virtualFunctions = {
            destroy,
            destroy,
            MemoryReporter_report.allocate(
                    (self, pointer, bytes, allocated, reserved, device) -> report(pointer, bytes, device), arena),
            MemoryReporter_outOfMemory.allocate(
                    (self, bytes, allocated, reserved, device) -> reportShortage(bytes), arena),
            MemoryReporter_isEnabled.allocate(self -> (byte) 1, arena)
        };
        // Two words stand before the functions: the offset to the top of the object and its type information.
        MemorySegment table = arena.allocate(ADDRESS, 2 + virtualFunctions.length);
        for (int i = 0; i < virtualFunctions.length; i++) {
            table.setAtIndex(ADDRESS, 2 + i, virtualFunctions[i]);
        }
        MemorySegment object = arena.allocate(ADDRESS);
        object.set(ADDRESS, 0, table.asSlice(2 * ADDRESS.byteSize()));
        sharedPointer.set(ADDRESS, 0, object);
        sharedPointer.setAtIndex(JAVA_LONG, 1, 0);
        LibtorchInternal.ThreadLocalDebugInfo_push(profilerState(), sharedPointer);
    }

    private static long profilerState() {
        return LibtorchFeature.DEBUG_KIND_VALUE.isAvailable()
                ? LibtorchInternal.DebugInfoKind_profilerState()
                : KIND_BEFORE_VALUES;
    }

    /**
     * Stops watching. The numbers stay readable. A second call does nothing.
     *
     * @throws IllegalStateException when ledgers inside this one are still open, or by another thread than its own
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (INNERMOST.get() != this) {
            throw new IllegalStateException("A MemoryLedger must be closed by the thread that opened it, innermost first");
        }
        closed = true;
        INNERMOST.set(parent);
        LibtorchInternal.ThreadLocalDebugInfo_pop(sharedPointer, profilerState());
        arena.close();
    }
}
