package org.frugaltorch.tensor;

import java.lang.ref.Cleaner;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Owns tensors and releases them when it closes, last made first. Every tensor belongs to the innermost scope of the
 * thread that made it:
 *
 * <pre>{@code
 * try (TensorScope scope = TensorScope.open()) {
 *     Tensor loss = model.loss(batch);
 *     return scope.promote(loss);   // outlives the scope
 * }
 * }</pre>
 *
 * <p>Such a scope and its tensors are for the thread that opened it. {@link #detached()} makes a scope for things that
 * live long and that any thread may use, such as a model's parameters; it is no thread's innermost, so tensors come into
 * it by {@link #adopt} alone.
 */
public final class TensorScope implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TensorScope.class.getName());
    private static final LongAdder LEAKED = new LongAdder();

    /** The tensors of a scope, apart from it so that the leak alarm can look at them after the scope is gone. */
    private static final class Members implements Runnable {
        private Tensor[] tensors = new Tensor[16];
        private int size;

        /** Runs when the scope was closed, and then finds nothing, or when it became unreachable. */
        @Override
        public void run() {
            long left = count();
            if (left > 0) {
                LEAKED.add(left);
                LOG.log(System.Logger.Level.WARNING, "A TensorScope was never closed; {0} tensors leaked", left);
            }
        }

        private long count() {
            return Arrays.stream(tensors, 0, size).filter(Objects::nonNull).count();
        }
    }

    private final Members members = new Members();
    private final Cleaner.Cleanable alarm = ThreadContext.CLEANER.register(this, members);
    private final ThreadContext owner;
    private final TensorScope parent;
    private boolean closed;

    private TensorScope(ThreadContext owner) {
        this.owner = owner;
        this.parent = owner == null ? null : owner.scope;
    }

    /** Opens a scope inside the thread's innermost one. */
    public static TensorScope open() {
        ThreadContext context = ThreadContext.current();
        TensorScope scope = new TensorScope(context);
        context.scope = scope;
        return scope;
    }

    /** A scope beside all others: no tensor lands in it by itself. */
    public static TensorScope detached() {
        return new TensorScope(null);
    }

    /** Tensor handles that Java holds at this moment, over all threads; 0 when everything was released. */
    public static long liveHandles() {
        return ThreadContext.liveHandles();
    }

    /** Tensors that were lost because their scope became unreachable before it was closed. */
    public static long leakedTensors() {
        return LEAKED.sum();
    }

    /**
     * Moves a tensor to the enclosing scope, so that it outlives this one.
     *
     * @throws IllegalStateException when there is no enclosing scope
     */
    public Tensor promote(Tensor tensor) {
        if (parent == null) {
            throw new IllegalStateException("There is no enclosing TensorScope to promote to: use adopt of a detached scope");
        }
        return parent.adopt(tensor);
    }

    /**
     * Moves a tensor into this scope, whichever owned it before.
     *
     * @throws IllegalStateException when the tensor was released or this scope closed, or when either is another thread's
     */
    public Tensor adopt(Tensor tensor) {
        ThreadContext context = ThreadContext.current();
        tensor.handle();
        requireUsableBy(context);
        tensor.scope.remove(tensor, context);
        add(tensor, context);
        return tensor;
    }

    /** Takes a tensor in; {@code context} is the calling thread's. */
    void add(Tensor tensor, ThreadContext context) {
        if (owner == context) {
            put(tensor);
        } else {
            requireUsableBy(context);
            synchronized (this) {
                put(tensor);
            }
        }
    }

    /** Lets go of a tensor that it holds; {@code context} is the calling thread's. */
    void remove(Tensor tensor, ThreadContext context) {
        // Scopes of one thread, which all results of operators go through, need no lock.
        if (owner == context) {
            take(tensor);
        } else {
            requireUsableBy(context);
            synchronized (this) {
                take(tensor);
            }
        }
    }

    private void put(Tensor tensor) {
        Members m = members;
        if (m.size == m.tensors.length) {
            makeRoom(m);
        }
        m.tensors[m.size] = tensor;
        tensor.scope = this;
        tensor.slot = m.size++;
    }

    private void take(Tensor tensor) {
        Members m = members;
        m.tensors[tensor.slot] = null;
        while (m.size > 0 && m.tensors[m.size - 1] == null) {
            m.size--;
        }
    }

    /** Closes gaps that released tensors left behind; grows only when there are few. */
    private static void makeRoom(Members m) {
        int kept = 0;
        for (int i = 0; i < m.size; i++) {
            Tensor tensor = m.tensors[i];
            if (tensor != null) {
                m.tensors[kept] = tensor;
                tensor.slot = kept++;
            }
        }
        Arrays.fill(m.tensors, kept, m.size, null);
        m.size = kept;
        if (kept > m.tensors.length / 2) {
            m.tensors = Arrays.copyOf(m.tensors, m.tensors.length * 2);
        }
    }

    private void requireUsableBy(ThreadContext context) {
        if (closed) {
            throw new IllegalStateException("This TensorScope is closed already");
        }
        if (owner != null && owner != context) {
            throw new IllegalStateException("This tensor or scope belongs to another thread:"
                    + " only tensors of a detached scope may be shared between threads");
        }
    }

    /** Number of tensors that this scope holds now. */
    public synchronized int size() {
        return (int) members.count();
    }

    /**
     * Releases all tensors of this scope, last made first. A second call does nothing.
     *
     * @throws IllegalStateException when scopes inside this one are still open, or by another thread than its own
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        if (owner != null) {
            if (owner != ThreadContext.current() || owner.scope != this) {
                throw new IllegalStateException("A TensorScope must be closed by its own thread, innermost first");
            }
            owner.scope = parent;
        }
        RuntimeException first = null;
        while (members.size > 0) {
            Tensor last = members.tensors[members.size - 1];
            try {
                last.close();
            } catch (RuntimeException failure) {
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        closed = true;
        alarm.clean();
        if (first != null) {
            throw first;
        }
    }
}
