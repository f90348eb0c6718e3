package org.frugaltorch.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.testing.Garbage;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LiveHandles.class)
class TensorScopeNativeTest {
    private static final String WRONG_THREAD = "This tensor or scope belongs to another thread:"
            + " only tensors of a detached scope may be shared between threads";

    @Test
    void releasesWhatWasMadeInIt() {
        long before = TensorScope.liveHandles();
        Tensor inner;
        try (TensorScope scope = TensorScope.open()) {
            inner = Tensors.ones(2);
            inner.add(inner);
            assertThat(scope.size()).isEqualTo(2);
            assertThat(TensorScope.liveHandles()).isEqualTo(before + 2);
        }
        assertThat(TensorScope.liveHandles()).isEqualTo(before);
        assertThat(inner.isClosed()).isTrue();
        assertThatThrownBy(inner::shape).isInstanceOf(IllegalStateException.class)
                .hasMessage("This tensor was released already: its TensorScope is closed");
        assertThatThrownBy(() -> inner.add(inner)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingTwiceDoesNothing() {
        TensorScope scope = TensorScope.open();
        Tensor tensor = Tensors.ones(1);
        tensor.close();
        tensor.close();
        assertThat(scope.size()).isZero();
        scope.close();
        scope.close();
    }

    @Test
    void promotesToTheScopeAround() {
        try (TensorScope outer = TensorScope.open()) {
            Tensor kept;
            try (TensorScope inner = TensorScope.open()) {
                kept = inner.promote(Tensors.ones(2));
                assertThat(inner.size()).isZero();
            }
            assertThat(outer.size()).isEqualTo(1);
            assertThat(kept.toFloats()).containsExactly(1, 1);
        }
    }

    @Test
    void aDetachedScopeTakesOnlyWhatItAdopts() {
        Tensor adopted;
        try (TensorScope detached = TensorScope.detached()) {
            try (TensorScope scope = TensorScope.open()) {
                Tensors.ones(1);
                adopted = detached.adopt(Tensors.ones(2));
                assertThat(scope.size()).isEqualTo(1);
            }
            assertThat(detached.size()).isEqualTo(1);
            assertThat(adopted.isClosed()).isFalse();
            assertThatThrownBy(() -> detached.promote(adopted)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no enclosing TensorScope");
        }
        assertThat(adopted.isClosed()).isTrue();
    }

    @Test
    void adoptsOnlyWhatIsOpen() {
        TensorScope closed = TensorScope.detached();
        closed.close();
        Tensor tensor = Tensors.ones(1);
        assertThatThrownBy(() -> closed.adopt(tensor)).hasMessage("This TensorScope is closed already");
        tensor.close();
        try (TensorScope detached = TensorScope.detached()) {
            assertThatThrownBy(() -> detached.adopt(tensor)).hasMessageContaining("released already");
        }
    }

    @Test
    void mustBeClosedInnermostFirst() {
        TensorScope outer = TensorScope.open();
        TensorScope inner = TensorScope.open();
        Tensor tensor = Tensors.ones(1);
        assertThatThrownBy(outer::close).isInstanceOf(IllegalStateException.class)
                .hasMessage("A TensorScope must be closed by its own thread, innermost first");
        assertThat(tensor.isClosed()).isFalse();
        inner.close();
        outer.close();
        assertThat(tensor.isClosed()).isTrue();
    }

    @Test
    void thousandsComeAndGoInAnyOrder() {
        try (TensorScope scope = TensorScope.open()) {
            List<Tensor> kept = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                Tensor tensor = Tensors.scalar(i);
                if (i % 7 == 0) {
                    kept.add(tensor);
                } else {
                    tensor.close();
                }
                if (i % 500 == 499) {
                    kept.removeFirst().close();
                }
            }
            assertThat(scope.size()).isEqualTo(kept.size());
            assertThat(kept.getFirst().item()).isEqualTo(70);
            assertThat(kept.getLast().item()).isEqualTo(4998);
        }
    }

    /** Stands for a native failure: a tensor that its scope cannot release. */
    @Test
    void aFailureDoesNotKeepTheOthersFromBeingReleased() {
        TensorScope scope = TensorScope.open();
        Tensor first = Tensors.ones(1);
        Tensor broken = Tensors.ones(1);
        Tensor alsoBroken = Tensors.ones(1);
        Tensor last = Tensors.ones(1);
        ScopeMembers failing = new ScopeMembers(Thread.currentThread(), ThreadContext.current().handles) {
            @Override
            void release(Tensor tensor) {
                scope.members().remove(tensor);
                throw new IllegalStateException(tensor == broken ? "broken" : "also broken");
            }
        };
        broken.members = failing;
        alsoBroken.members = failing;
        assertThatThrownBy(scope::close).hasMessage("also broken")
                .satisfies(thrown -> assertThat(thrown.getSuppressed()).extracting(Throwable::getMessage)
                        .containsExactly("broken"));
        assertThat(first.isClosed()).isTrue();
        assertThat(last.isClosed()).isTrue();
        broken.members = alsoBroken.members = ScopeMembers.of(ThreadContext.current());
        broken.slot = alsoBroken.slot = 0;
        broken.close();
        alsoBroken.close();
    }

    // ---- threads ------------------------------------------------------------------------------------------------------------

    @Test
    void withoutAScopeNothingIsMade() throws Exception {
        long before = TensorScope.liveHandles();
        String made = "No TensorScope is open on this thread: wrap the work in"
                + " try (TensorScope scope = TensorScope.open()) { ... }";
        Tensor shared = Tensors.ones(1);
        inNewThread(() -> {
            assertThatThrownBy(() -> Tensors.ones(1)).isInstanceOf(IllegalStateException.class).hasMessage(made);
            assertThatThrownBy(() -> shared.add(shared)).hasMessage(made);
            assertThatThrownBy(shared::exp).hasMessage(made);
            assertThatThrownBy(() -> shared.topk(1, 0)).hasMessage(made);
            assertThatThrownBy(() -> shared.split(0, 1)).hasMessage(made);
            return null;
        });
        assertThat(TensorScope.liveHandles()).isEqualTo(before + 1);
    }

    /** libtorch's settings stay with the operating system's thread, which a virtual one can leave at any wait. */
    @Test
    void virtualThreadsAreRefused() throws Exception {
        Queue<String> refusals = new ConcurrentLinkedQueue<>();
        Thread.ofVirtual().start(() -> Stream.<Supplier<AutoCloseable>>of(
                TensorScope::open, GradMode::disabled, MemoryLedger::open).forEach(opener -> {
                    try {
                        refusals.add("opened " + opener.get());
                    } catch (IllegalStateException refused) {
                        refusals.add(refused.getMessage());
                    }
                })).join();
        assertThat(refusals).hasSize(3).allMatch(refusal -> refusal.startsWith("Tensors are for platform threads"));
    }

    @Test
    void aScopeIsForItsOwnThread() throws Exception {
        TensorScope scope = TensorScope.open();
        Tensor tensor = Tensors.ones(1);
        inNewThread(() -> {
            assertThatThrownBy(scope::close).hasMessage("A TensorScope must be closed by its own thread, innermost first");
            assertThatThrownBy(tensor::close).hasMessage(WRONG_THREAD);
            try (TensorScope detached = TensorScope.detached(); TensorScope own = TensorScope.open()) {
                assertThatThrownBy(() -> detached.adopt(tensor)).hasMessage(WRONG_THREAD);
                Tensor foreign = Tensors.ones(1);
                assertThatThrownBy(() -> scope.adopt(foreign)).hasMessage(WRONG_THREAD);
                assertThat(foreign.isClosed()).isFalse();
                assertThat(tensor.add(foreign).item()).isEqualTo(2);
            }
            return null;
        });
        assertThat(tensor.isClosed()).isFalse();
        scope.close();
    }

    @Test
    void threadsShareADetachedScope() throws Exception {
        int threads = 4;
        int each = 2000;
        try (TensorScope shared = TensorScope.detached()) {
            List<FutureTask<Integer>> tasks = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                tasks.add(start(() -> {
                    try (TensorScope own = TensorScope.open()) {
                        for (int i = 0; i < each; i++) {
                            Tensor tensor = shared.adopt(Tensors.scalar(i));
                            if (i % 2 == 0) {
                                tensor.close();
                            }
                        }
                        return own.size();
                    }
                }));
            }
            for (FutureTask<Integer> task : tasks) {
                assertThat(task.get()).isZero();
            }
            assertThat(shared.size()).isEqualTo(threads * each / 2);
        }
    }

    @Test
    void handlesOfThreadsThatAreGoneStillCount() throws Exception {
        long before = TensorScope.liveHandles();
        TensorScope shared = TensorScope.detached();
        inNewThread(() -> {
            try (TensorScope own = TensorScope.open()) {
                shared.adopt(Tensors.ones(1));
            }
            return null;
        });
        Garbage.collect();
        assertThat(TensorScope.liveHandles()).isEqualTo(before + 1);
        shared.close();
        assertThat(TensorScope.liveHandles()).isEqualTo(before);
    }

    // ---- leaks --------------------------------------------------------------------------------------------------------------

    @Test
    void theAlarmCountsWhatALostScopeHeld() {
        long before = TensorScope.leakedTensors();
        List<Tensor> lost = loseADetachedScope();
        assertThat(Garbage.collectsUntil(() -> TensorScope.leakedTensors() == before + 3)).isTrue();
        lost.forEach(Tensor::close);
    }

    private static List<Tensor> loseADetachedScope() {
        TensorScope scope = TensorScope.detached();
        return List.of(scope.adopt(Tensors.ones(1)), scope.adopt(Tensors.ones(2)), scope.adopt(Tensors.ones(3)));
    }

    @Test
    void theAlarmIsSilentAboutClosedScopes() throws Exception {
        long before = TensorScope.leakedTensors();
        inNewThread(() -> {
            for (int i = 0; i < 100; i++) {
                try (TensorScope scope = TensorScope.open()) {
                    Tensors.ones(1);
                }
            }
            return null;
        });
        Garbage.collect();
        assertThat(TensorScope.leakedTensors()).isEqualTo(before);
    }

    private static <T> T inNewThread(Callable<T> work) throws Exception {
        try {
            return start(work).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError error) {
                throw error;
            }
            throw e;
        }
    }

    private static <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        new Thread(task, "scope test").start();
        return task;
    }
}
