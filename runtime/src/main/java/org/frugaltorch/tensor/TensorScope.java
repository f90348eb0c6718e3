package org.frugaltorch.tensor;

import java.lang.ref.Cleaner;
import java.util.Arrays;
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
 * <p>{@link #detached()} makes a scope that is no thread's innermost, for things that live long, such as a model's
 * parameters; tensors come into it by {@link #adopt}.
 */
public final class TensorScope implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TensorScope.class.getName());
    private static final Cleaner CLEANER = Cleaner.create();
    private static final LongAdder LEAKED = new LongAdder();

    /** The tensors of a scope, apart from it so that the leak alarm can look at them after the scope is gone. */
    private static final class Members implements Runnable {
        private Tensor[] tensors = new Tensor[16];
        private int size;

        @Override
        public void run() {
            long left = Arrays.stream(tensors, 0, size).filter(t -> t != null).count();
            if (left > 0) {
                LEAKED.add(left);
                LOG.log(System.Logger.Level.WARNING, "A TensorScope was never closed; {0} tensors leaked", left);
            }
        }
    }

    private final Members members = new Members();
    private final ThreadContext owner;
    private final TensorScope parent;
    private boolean closed;

    private TensorScope(ThreadContext owner) {
        this.owner = owner;
        this.parent = owner == null ? null : owner.scope;
        CLEANER.register(this, members);
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

    /** Moves a tensor into this scope, whichever owned it before. */
    public Tensor adopt(Tensor tensor) {
        requireOpen();
        tensor.handle();
        tensor.scope.remove(tensor);
        add(tensor);
        return tensor;
    }

    synchronized void add(Tensor tensor) {
        requireOpen();
        Members m = members;
        if (m.size == m.tensors.length) {
            makeRoom(m);
        }
        m.tensors[m.size] = tensor;
        tensor.scope = this;
        tensor.slot = m.size++;
    }

    synchronized void remove(Tensor tensor) {
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

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("This TensorScope is closed already");
        }
    }

    /** Number of tensors that this scope holds now. */
    public synchronized int size() {
        return (int) Arrays.stream(members.tensors, 0, members.size).filter(t -> t != null).count();
    }

    /** Releases all tensors of this scope, last made first. A second call does nothing. */
    @Override
    public void close() {
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
        if (first != null) {
            throw first;
        }
    }
}
