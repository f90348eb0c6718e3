package org.frugaltorch.autograd;

import java.util.concurrent.atomic.AtomicReference;
import org.frugaltorch.bindings.NativeException;

/**
 * One backward pass under way, and what failed in Java during it. An exception must not pass through libtorch, so the
 * kernel that caught it keeps it here and makes libtorch stop; {@link Backward} then throws what was kept.
 */
final class BackwardRun implements AutoCloseable {
    private static final ThreadLocal<BackwardRun> CURRENT = new ThreadLocal<>();
    /** The first failure on a thread of libtorch's own, such as the one that runs a device's part of a graph. */
    private static final AtomicReference<Throwable> ELSEWHERE = new AtomicReference<>();

    private final BackwardRun outer = CURRENT.get();
    private Throwable first;
    private boolean completed;

    BackwardRun() {
        CURRENT.set(this);
    }

    /** Keeps the first failure of the pass that this thread is in. */
    static void fail(Throwable failure) {
        BackwardRun run = CURRENT.get();
        if (run == null) {
            ELSEWHERE.compareAndSet(null, failure);
        } else if (run.first == null) {
            run.first = failure;
        }
    }

    /** A hook cannot make libtorch stop. */
    void throwWhatHooksKept() {
        if (first != null) {
            throw unchecked(first);
        }
    }

    /** What to throw when libtorch ended the pass with {@code failure}: the exception behind it if it came from Java. */
    RuntimeException causeOf(NativeException failure) {
        Throwable cause = first;
        if (cause == null && CarrierKernels.mayHaveStopped(failure)) {
            cause = ELSEWHERE.getAndSet(null);
        }
        return cause == null ? failure : unchecked(cause);
    }

    private static RuntimeException unchecked(Throwable cause) {
        return switch (cause) {
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new IllegalStateException(cause);
        };
    }

    /** The pass came to its end. */
    void complete() {
        completed = true;
    }

    @Override
    public void close() {
        if (outer == null) {
            CURRENT.remove();
            ReadyGradients.endPass(completed);
        } else {
            CURRENT.set(outer);
        }
    }
}
