package org.frugaltorch.finetune.meft;

import java.util.ArrayDeque;
import java.util.Deque;
import org.frugaltorch.autograd.FunctionContext;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/** What a run forth leaves for the run back, which takes it in the opposite order. */
interface Tape {
    /** For a run that nothing follows. */
    Tape NONE = new Tape() {
        @Override
        public boolean isRecording() {
            return false;
        }

        @Override
        public void push(Tensor tensor) {
            // Nobody will ask for it.
        }

        @Override
        public Tensor pop() {
            throw new IllegalStateException("Nothing was recorded");
        }
    };

    /** Whether what is pushed is kept. */
    boolean isRecording();

    /** Keeps a tensor as it is now; the caller's handle stays the caller's. */
    void push(Tensor tensor);

    /** The tensor pushed last, of those that are left; it belongs to the innermost scope. */
    Tensor pop();

    /** A tape that is part of a function's context. */
    static Tape of(FunctionContext context) {
        return new Tape() {
            private int next = context.savedCount();

            @Override
            public boolean isRecording() {
                return context.isRecording();
            }

            @Override
            public void push(Tensor tensor) {
                context.save(tensor);
            }

            @Override
            public Tensor pop() {
                return context.take(--next);
            }
        };
    }

    /** A tape whose tensors belong to {@code scope}. */
    static Tape in(TensorScope scope) {
        Deque<Tensor> tensors = new ArrayDeque<>();
        return new Tape() {
            @Override
            public boolean isRecording() {
                return true;
            }

            @Override
            public void push(Tensor tensor) {
                tensors.push(scope.adopt(tensor.alias()));
            }

            @Override
            public Tensor pop() {
                Tensor kept = tensors.pop();
                Tensor taken = kept.alias();
                kept.close();
                return taken;
            }
        };
    }
}
