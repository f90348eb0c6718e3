package org.frugaltorch.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What a thread needs for native calls, found with one thread-local look-up an operator: its innermost scope, the
 * frames in which operator calls are put together, and cells for results.
 */
final class ThreadContext {
    private static final int DEEPEST_NESTING = 32;
    private static final Queue<HandleCounter> COUNTERS = new ConcurrentLinkedQueue<>();
    private static final ThreadLocal<ThreadContext> CURRENT = ThreadLocal.withInitial(ThreadContext::new);

    /** Handles that one thread made and released. Written by its thread alone; kept after the thread is gone. */
    private static final class HandleCounter {
        long made;
        long released;
    }

    private final Arena arena = Arena.ofAuto();
    private final HandleCounter counter = new HandleCounter();
    private final OperatorCall[] calls = new OperatorCall[DEEPEST_NESTING];
    private int depth;

    /** One 64-bit result of a native call. */
    final MemorySegment cell = arena.allocate(ValueLayout.JAVA_LONG);

    TensorScope scope;

    private ThreadContext() {
        COUNTERS.add(counter);
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

    void countMade() {
        counter.made++;
    }

    void countReleased() {
        counter.released++;
    }

    /** Handles held by Java at this moment, over all threads. */
    static long liveHandles() {
        long live = 0;
        for (HandleCounter each : COUNTERS) {
            live += each.made - each.released;
        }
        return live;
    }
}
