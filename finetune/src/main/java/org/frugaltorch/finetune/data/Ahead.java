package org.frugaltorch.finetune.data;

import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Items of an iteration, each made by a thread of its own while its user works on the one before. One item is ready ahead,
 * not more: batches of pictures are large. What goes wrong in making one is thrown where that one is asked for.
 *
 * @param <T> items, not null
 */
public final class Ahead<T> implements Iterator<T>, AutoCloseable {
    private final Iterator<T> items;
    private final ExecutorService maker = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "frugaltorch-ahead");
        thread.setDaemon(true);
        return thread;
    });
    private Future<Optional<T>> next;

    /** Begins with the first item at once. */
    public Ahead(Iterable<T> items) {
        this.items = items.iterator();
        this.next = maker.submit(this::make);
    }

    private Optional<T> make() {
        return items.hasNext() ? Optional.of(items.next()) : Optional.empty();
    }

    @Override
    public boolean hasNext() {
        return awaited().isPresent();
    }

    @Override
    public T next() {
        T item = awaited().orElseThrow();
        next = maker.submit(this::make);
        return item;
    }

    private Optional<T> awaited() {
        try {
            return next.get();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Waiting for the next batch was interrupted", stop);
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IllegalStateException(failure.getCause());
            }
        }
    }

    /** Gives up what is being made. */
    @Override
    public void close() {
        maker.shutdownNow();
    }
}
