package org.frugaltorch.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AheadTest {
    @Test
    void givesAllItemsInTheirOrder() {
        List<Integer> items = IntStream.range(0, 1_000).boxed().toList();
        List<Integer> seen = new ArrayList<>();
        try (Ahead<Integer> ahead = new Ahead<>(items)) {
            ahead.forEachRemaining(seen::add);
            assertThat(ahead.hasNext()).isFalse();
            assertThatThrownBy(ahead::next).isInstanceOf(NoSuchElementException.class);
        }
        assertThat(seen).isEqualTo(items);
        try (Ahead<Integer> none = new Ahead<>(List.of())) {
            assertThat(none.hasNext()).isFalse();
        }
    }

    @Test
    void oneItemIsMadeAheadByAnotherThreadAndNoMore() throws InterruptedException {
        Semaphore made = new Semaphore(0);
        AtomicInteger count = new AtomicInteger();
        List<Thread> makers = new ArrayList<>();
        Iterable<Integer> items = () -> IntStream.iterate(0, i -> i + 1).mapToObj(i -> {
            makers.add(Thread.currentThread());
            count.incrementAndGet();
            made.release();
            return i;
        }).iterator();
        try (Ahead<Integer> ahead = new Ahead<>(items)) {
            assertThat(made.tryAcquire(10, TimeUnit.SECONDS)).as("the first is made before anyone asks").isTrue();
            assertThat(ahead.next()).isZero();
            assertThat(made.tryAcquire(10, TimeUnit.SECONDS)).as("the second, while the first is used").isTrue();
            Thread.sleep(50);
            assertThat(count).hasValue(2);
        }
        assertThat(makers).doesNotContain(Thread.currentThread());
    }

    @Test
    void aFailureIsThrownWhereItsItemIsAskedFor() {
        Iterable<Integer> items = () -> List.of(1, 2, 3).stream().map(i -> {
            if (i == 2) {
                throw new DataException("picture 2 is torn");
            }
            return i;
        }).iterator();
        try (Ahead<Integer> ahead = new Ahead<>(items)) {
            assertThat(ahead.next()).isEqualTo(1);
            assertThatThrownBy(ahead::next).isInstanceOf(DataException.class).hasMessage("picture 2 is torn");
            assertThatThrownBy(ahead::hasNext).isInstanceOf(DataException.class);
        }
    }

    @Test
    void closingEndsItsThread() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (Ahead<Integer> ahead = new Ahead<>(endless(begun, interrupted))) {
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    /** The item is never ready, as one that is would be given to an interrupted thread too. */
    @Test
    void whoWaitsMayBeInterrupted() {
        try (Ahead<Integer> ahead = new Ahead<>(endless(new CountDownLatch(1), new CountDownLatch(1)))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(ahead::next).isInstanceOf(IllegalStateException.class).hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
        }
    }

    /** An item that takes until its maker is interrupted. */
    private static Iterable<Integer> endless(CountDownLatch begun, CountDownLatch interrupted) {
        return () -> Stream.generate(() -> {
            begun.countDown();
            try {
                Thread.sleep(TimeUnit.MINUTES.toMillis(10));
            } catch (InterruptedException stop) {
                interrupted.countDown();
            }
            return 1;
        }).iterator();
    }
}
