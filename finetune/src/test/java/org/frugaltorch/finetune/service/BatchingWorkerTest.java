package org.frugaltorch.finetune.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One thread answers all others: in their order, together, and with whatever went wrong. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatchingWorkerTest {
    private final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());

    private class Doubling implements BatchingWorker.Model<Integer, Integer> {
        @Override
        public List<Integer> answer(List<Integer> questions) {
            batches.add(questions.size());
            threads.add(Thread.currentThread());
            if (questions.contains(13)) {
                throw new IllegalArgumentException("13 is not liked");
            }
            return questions.stream().map(number -> 2 * number).toList();
        }

        @Override
        public void close() {
            threads.add(Thread.currentThread());
        }
    }

    /** Waits in its first answer until it is let go. */
    private final class Slow extends Doubling {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch letGo = new CountDownLatch(1);

        @Override
        public List<Integer> answer(List<Integer> questions) {
            asked.countDown();
            try {
                letGo.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
            return super.answer(questions);
        }
    }

    @Test
    void everyoneGetsTheirOwnAnswer() throws Exception {
        try (BatchingWorker<Integer, Integer> worker = new BatchingWorker<>("doubler", 7, Doubling::new);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Integer>>> answers = IntStream.range(0, 100)
                    .mapToObj(i -> callers.submit(() -> worker.ask(List.of(100 + i, 500 + i)))).toList();
            for (int i = 0; i < 100; i++) {
                assertThat(answers.get(i).get()).containsExactly(200 + 2 * i, 1000 + 2 * i);
            }
        }
        assertThat(batches).allMatch(size -> size <= 7);
        assertThat(batches.stream().mapToInt(Integer::intValue).sum()).isEqualTo(200);
        assertThat(threads).hasSizeGreaterThan(1).allMatch(thread -> thread == threads.getFirst() && !thread.isVirtual());
    }

    @Test
    void whatWaitsIsAnsweredTogether() throws Exception {
        Slow slow = new Slow();
        try (BatchingWorker<Integer, Integer> worker = new BatchingWorker<>("doubler", 8, () -> slow);
                ExecutorService callers = Executors.newCachedThreadPool()) {
            Future<Integer> first = callers.submit(() -> worker.ask(1));
            slow.asked.await();
            Future<List<Integer>> others = callers.submit(() -> worker.ask(IntStream.range(20, 40).boxed().toList()));
            while (worker.waiting() < 20) {
                Thread.onSpinWait();
            }
            slow.letGo.countDown();
            assertThat(first.get()).isEqualTo(2);
            assertThat(others.get()).hasSize(20).startsWith(40, 42).endsWith(76, 78);
            assertThat(batches).containsExactly(1, 8, 8, 4);
        }
    }

    @Test
    void aFailureReachesWhoeverAskedAndNobodyElse() throws Exception {
        Slow slow = new Slow();
        try (BatchingWorker<Integer, Integer> worker = new BatchingWorker<>("doubler", 7, () -> slow);
                ExecutorService callers = Executors.newCachedThreadPool()) {
            Future<Integer> first = callers.submit(() -> worker.ask(1));
            slow.asked.await();
            Map<Integer, Future<Integer>> together = new LinkedHashMap<>();
            for (int question = 11; question < 16; question++) {
                int asked = question;
                together.put(question, callers.submit(() -> worker.ask(asked)));
            }
            while (worker.waiting() < 5) {
                Thread.onSpinWait();
            }
            slow.letGo.countDown();
            assertThatThrownBy(together.remove(13)::get).hasCauseInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("13 is not liked");
            for (Map.Entry<Integer, Future<Integer>> other : together.entrySet()) {
                assertThat(other.getValue().get()).isEqualTo(2 * other.getKey());
            }
            assertThat(first.get()).isEqualTo(2);
            assertThat(worker.ask(14)).isEqualTo(28);
        }
    }

    /** What an answer leaves behind on the thread is not taken for an order to end. */
    @Test
    void anInterruptDoesNotEndIt() {
        try (BatchingWorker<Integer, Integer> worker = new BatchingWorker<>("doubler", 1, () -> new Doubling() {
            @Override
            public List<Integer> answer(List<Integer> questions) {
                Thread.currentThread().interrupt();
                return super.answer(questions);
            }
        })) {
            assertThat(worker.ask(List.of(1, 2, 3))).containsExactly(2, 4, 6);
        }
    }

    /** It would wait for itself. */
    @Test
    void anAnswerCannotAsk() {
        CompletableFuture<BatchingWorker<Integer, Integer>> self = new CompletableFuture<>();
        try (BatchingWorker<Integer, Integer> worker = new BatchingWorker<>("doubler", 1, () -> new Doubling() {
            @Override
            public List<Integer> answer(List<Integer> questions) {
                return self.join().ask(questions);
            }
        })) {
            self.complete(worker);
            assertThatThrownBy(() -> worker.ask(1)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot be asked by what it answers to");
        }
    }

    @Test
    void whatCannotBeOpenedIsSaidAtOnce() {
        assertThatThrownBy(() -> new BatchingWorker<Integer, Integer>("doubler", 1, () -> {
            throw new IllegalArgumentException("no such model");
        })).hasMessage("no such model");
        assertThatThrownBy(() -> new BatchingWorker<>("doubler", 0, Doubling::new)).hasMessageContaining("At least 1");
    }

    @Test
    void closingAnswersWhatWasAskedBeforeAndNothingAfter() throws Exception {
        Slow slow = new Slow();
        BatchingWorker<Integer, Integer> worker = new BatchingWorker<>("doubler", 1, () -> slow);
        try (ExecutorService callers = Executors.newCachedThreadPool()) {
            Future<Integer> first = callers.submit(() -> worker.ask(1));
            slow.asked.await();
            Future<Integer> second = callers.submit(() -> worker.ask(2));
            while (worker.waiting() < 1) {
                Thread.onSpinWait();
            }
            Future<?> closing = callers.submit(worker::close);
            while (!worker.isClosed()) {
                Thread.onSpinWait();
            }
            assertThatThrownBy(() -> worker.ask(3)).isInstanceOf(IllegalStateException.class)
                    .hasMessage("The doubler was closed");
            assertThat(closing.isDone()).isFalse();
            slow.letGo.countDown();
            assertThat(first.get()).isEqualTo(2);
            assertThat(second.get()).isEqualTo(4);
            closing.get(10, TimeUnit.SECONDS);
            worker.close();
        }
        assertThat(batches).containsExactly(1, 1);
        assertThat(threads).hasSize(3);
    }

    /** An answer that closes what it is asked of would otherwise wait for itself. */
    @Test
    void itCanBeClosedFromWithin() throws Exception {
        CompletableFuture<BatchingWorker<Integer, Integer>> self = new CompletableFuture<>();
        ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
        BatchingWorker<Integer, Integer> worker = new BatchingWorker<>("doubler", 1, () -> new Doubling() {
            @Override
            public List<Integer> answer(List<Integer> questions) {
                self.join().close();
                events.add("answered");
                return super.answer(questions);
            }

            @Override
            public void close() {
                events.add("closed");
            }
        });
        self.complete(worker);
        assertThat(worker.ask(4)).isEqualTo(8);
        worker.close();
        assertThat(events).containsExactly("answered", "closed");
    }

    @Test
    void aFailureToCloseIsSaid() {
        BatchingWorker<Integer, Integer> worker = new BatchingWorker<>("doubler", 1, () -> new Doubling() {
            @Override
            public void close() {
                throw new IllegalStateException("cannot let go");
            }
        });
        assertThat(worker.ask(1)).isEqualTo(2);
        assertThatThrownBy(worker::close).hasMessage("cannot let go");
    }
}
