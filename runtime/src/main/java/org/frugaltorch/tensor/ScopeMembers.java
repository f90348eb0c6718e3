package org.frugaltorch.tensor;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * The tensors of a {@link TensorScope}. It knows nothing of the scope, so that it can tell, once the scope became
 * unreachable, whether tensors were left in it.
 */
class ScopeMembers implements Runnable {
    private static final System.Logger LOG = System.getLogger(ScopeMembers.class.getName());
    private static final LongAdder LEAKED = new LongAdder();

    private final Thread owner;
    private final ThreadContext.HandleCounter handlesOfOwner;
    private Tensor[] tensors = new Tensor[16];
    private int size;
    private boolean closed;

    /**
     * @param owner the only thread that may use it, or null for all
     * @param handlesOfOwner its counter, or null
     */
    ScopeMembers(Thread owner, ThreadContext.HandleCounter handlesOfOwner) {
        this.owner = owner;
        this.handlesOfOwner = handlesOfOwner;
    }

    /** For the calling thread alone, which has that context. */
    static ScopeMembers of(ThreadContext context) {
        // The context knows its innermost scope, so it must not be kept here.
        return new ScopeMembers(Thread.currentThread(), context.handles);
    }

    /** For all threads. */
    static ScopeMembers shared() {
        return new ScopeMembers(null, null);
    }

    static long leaked() {
        return LEAKED.sum();
    }

    /** The alarm: runs when the scope was closed, and then finds nothing, or when it became unreachable. */
    @Override
    public void run() {
        int left = count();
        if (left > 0) {
            LEAKED.add(left);
            LOG.log(System.Logger.Level.WARNING, "A TensorScope was never closed; {0} tensors leaked", left);
        }
    }

    void requireUsable() {
        if (closed) {
            throw new IllegalStateException("This TensorScope is closed already");
        }
        if (owner != null && owner != Thread.currentThread()) {
            throw new IllegalStateException("This tensor or scope belongs to another thread:"
                    + " only tensors of a detached scope may be shared between threads");
        }
    }

    void add(Tensor tensor) {
        // What one thread has for itself, and all results of operators are that, needs no lock.
        if (owner == Thread.currentThread()) {
            put(tensor);
        } else {
            requireUsable();
            synchronized (this) {
                put(tensor);
            }
        }
    }

    void remove(Tensor tensor) {
        if (owner == Thread.currentThread()) {
            take(tensor);
        } else {
            requireUsable();
            synchronized (this) {
                take(tensor);
            }
        }
    }

    /** Removes a tensor that is no more. */
    void release(Tensor tensor) {
        if (owner == Thread.currentThread()) {
            take(tensor);
            handlesOfOwner.live--;
        } else {
            remove(tensor);
            ThreadContext.current().handles.live--;
        }
    }

    private void put(Tensor tensor) {
        if (size == tensors.length) {
            makeRoom();
        }
        tensors[size] = tensor;
        tensor.members = this;
        tensor.slot = size++;
    }

    private void take(Tensor tensor) {
        tensors[tensor.slot] = null;
        while (size > 0 && tensors[size - 1] == null) {
            size--;
        }
    }

    /** Closes gaps that released tensors left behind; grows only when there are few. */
    private void makeRoom() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            Tensor tensor = tensors[i];
            if (tensor != null) {
                tensors[kept] = tensor;
                tensor.slot = kept++;
            }
        }
        Arrays.fill(tensors, kept, size, null);
        size = kept;
        if (kept > tensors.length / 2) {
            tensors = Arrays.copyOf(tensors, tensors.length * 2);
        }
    }

    synchronized int count() {
        return (int) Arrays.stream(tensors, 0, size).filter(Objects::nonNull).count();
    }

    /** Releases all, last added first. A failure does not keep the others from being released. */
    synchronized void close() {
        RuntimeException first = null;
        while (size > 0) {
            try {
                tensors[size - 1].close();
            } catch (RuntimeException failure) {
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        closed = true;
        if (first != null) {
            throw first;
        }
    }
}
