package org.frugaltorch.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.bindings.PlatformThread;

/**
 * What a thread needs for native calls, found with one thread-local look-up an operator: its innermost scope, the
 * frames in which operator calls are put together, and a cell for results.
 */
final class ThreadContext {
    static final Cleaner CLEANER = Cleaner.create();

    private static final int DEEPEST_NESTING = 32;
    private static final HandleCounters COUNTERS = new HandleCounters();
    private static final ThreadLocal<ThreadContext> CURRENT = ThreadLocal.withInitial(ThreadContext::begin);

    /** Handles that one thread made less those that it released; written by that thread alone. */
    static final class HandleCounter {
        long live;
    }

    /** The counters of all threads. Threads that are gone are added up in one number. */
    private static final class HandleCounters {
        private final List<HandleCounter> counters = new ArrayList<>();
        private long liveOfGoneThreads;

        synchronized HandleCounter begin(ThreadContext context) {
            HandleCounter counter = new HandleCounter();
            counters.add(counter);
            CLEANER.register(context, () -> end(counter));
            return counter;
        }

        private synchronized void end(HandleCounter counter) {
            counters.remove(counter);
            liveOfGoneThreads += counter.live;
        }

        synchronized long live() {
            return liveOfGoneThreads + counters.stream().mapToLong(counter -> counter.live).sum();
        }
    }

    private final Arena arena = Arena.ofAuto();
    private final OperatorCall[] calls = new OperatorCall[DEEPEST_NESTING];
    private int depth;

    /** One 64-bit result of a native call. */
    final MemorySegment cell = arena.allocate(ValueLayout.JAVA_LONG);

    final HandleCounter handles = COUNTERS.begin(this);

    TensorScope scope;

    /** How many {@link RepeatableDraws} are open. */
    int repeatableDraws;

    /** @throws IllegalStateException on a virtual thread */
    private static ThreadContext begin() {
        PlatformThread.require();
        return new ThreadContext();
    }

    static ThreadContext current() {
        return CURRENT.get();
    }

    /** Opens the next free frame for a call of {@code operator}. */
    OperatorCall open(Operator operator) {
        if (depth == DEEPEST_NESTING) {
            throw new IllegalStateException("Operator calls are nested " + depth + " deep: a call was begun and never run");
        }
        OperatorCall call = calls[depth];
        if (call == null) {
            call = calls[depth] = new OperatorCall(this, arena);
        }
        depth++;
        call.begin(operator);
        return call;
    }

    void close() {
        depth--;
    }

    /** The innermost scope, which every new tensor goes to. */
    TensorScope requireScope() {
        TensorScope innermost = scope;
        if (innermost == null) {
            throw new IllegalStateException("No TensorScope is open on this thread:"
                    + " wrap the work in try (TensorScope scope = TensorScope.open()) { ... }");
        }
        return innermost;
    }

    /** The tensor of the native handle that a call left in {@link #cell}. */
    Tensor result() {
        return new Tensor(this, cell.get(ValueLayout.JAVA_LONG, 0));
    }

    /** Handles held by Java at this moment, over all threads. */
    static long liveHandles() {
        return COUNTERS.live();
    }
}
