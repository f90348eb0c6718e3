package org.frugaltorch.tensor;

import java.lang.ref.Cleaner;

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
    private final ThreadContext context;
    private final TensorScope parent;
    private final ScopeMembers members;
    private final Cleaner.Cleanable alarm;
    private boolean closed;

    private TensorScope(ThreadContext context) {
        this.context = context;
        this.parent = context == null ? null : context.scope;
        this.members = context == null ? ScopeMembers.shared() : ScopeMembers.of(context);
        this.alarm = ThreadContext.CLEANER.register(this, members);
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
        return ScopeMembers.leaked();
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
        tensor.handle();
        members.requireUsable();
        tensor.members.remove(tensor);
        members.add(tensor);
        return tensor;
    }

    ScopeMembers members() {
        return members;
    }

    /** Number of tensors that this scope holds now. */
    public int size() {
        return members.count();
    }

    /**
     * Releases all tensors of this scope, last made first. A second call does nothing. When releasing some fails, the
     * others are released all the same; the first failure is thrown, with further ones suppressed in it.
     *
     * @throws IllegalStateException when scopes inside this one are still open, or by another thread than its own
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (context != null) {
            if (context != ThreadContext.current() || context.scope != this) {
                throw new IllegalStateException("A TensorScope must be closed by its own thread, innermost first");
            }
            context.scope = parent;
        }
        closed = true;
        try {
            members.close();
        } finally {
            alarm.clean();
        }
    }
}
