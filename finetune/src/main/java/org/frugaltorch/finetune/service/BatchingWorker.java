package org.frugaltorch.finetune.service;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/**
 * A thread that answers what any number of others ask. What waits when it becomes free is answered together.
 *
 * @param <Q> a question
 * @param <A> its answer
 */
final class BatchingWorker<Q, A> implements AutoCloseable {
    /** What answers; made, asked and closed on the worker's thread alone. */
    interface Model<Q, A> extends AutoCloseable {
        /** Answers in the order of the questions. */
        List<A> answer(List<Q> questions);

        @Override
        void close();
    }

    private record Asked<Q, A>(Q question, CompletableFuture<A> answer) {}

    private final String name;
    private final int most;
    private final Thread thread;
    private final BlockingQueue<Asked<Q, A>> waiting = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Asked<Q, A> end = new Asked<>(null, null);
    private boolean closed;

    /**
     * Starts the thread and waits until its model is there.
     *
     * @param name of the thread and in messages
     * @param most questions that are answered together
     * @throws RuntimeException what the opener threw
     */
    BatchingWorker(String name, int most, Supplier<Model<Q, A>> opener) {
        if (most < 1) {
            throw new IllegalArgumentException("At least 1 question must be answered at a time, not " + most);
        }
        this.name = name;
        this.most = most;
        CompletableFuture<Void> opened = new CompletableFuture<>();
        thread = Thread.ofPlatform().name(name).daemon().start(() -> run(opener, opened));
        result(opened);
    }

    /**
     * Waits for the answer to a question.
     *
     * @throws IllegalStateException when this was closed, or when the answer to another question asks
     * @throws RuntimeException what went wrong while it was answered
     */
    A ask(Q question) {
        return ask(List.of(question)).getFirst();
    }

    /** Waits for the answers to several questions, in their order. */
    List<A> ask(List<Q> questions) {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("The " + name + " is answering and cannot be asked by what it answers to");
        }
        List<Asked<Q, A>> asked =
                questions.stream().map(question -> new Asked<>(question, new CompletableFuture<A>())).toList();
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("The " + name + " was closed");
            }
            waiting.addAll(asked);
        }
        return asked.stream().map(question -> result(question.answer)).toList();
    }

    /** How many questions wait until the thread is free. */
    int waiting() {
        return waiting.size();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    private static <T> T result(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException failure) {
            switch (failure.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw failure;
            }
        }
    }

    private void run(Supplier<Model<Q, A>> opener, CompletableFuture<Void> opened) {
        try (Model<Q, A> model = opener.get()) {
            opened.complete(null);
            List<Asked<Q, A>> batch = new ArrayList<>();
            do {
                batch.clear();
                batch.add(next());
                waiting.drainTo(batch, most - 1);
            } while (answer(model, batch));
        } catch (Throwable failure) { // whoever waits must hear of it
            opened.completeExceptionally(failure);
            ended.completeExceptionally(failure);
        } finally {
            ended.complete(null);
        }
    }

    /** Only {@link #close} ends this thread: an interrupt that an answer left behind does not. */
    private Asked<Q, A> next() {
        while (true) {
            try {
                return waiting.take();
            } catch (InterruptedException ignored) {
                continue;
            }
        }
    }

    /** @return whether there may be more */
    private boolean answer(Model<Q, A> model, List<Asked<Q, A>> batch) {
        boolean more = !batch.remove(end);
        if (!batch.isEmpty()) {
            answerTogether(model, batch);
        }
        return more;
    }

    private void answerTogether(Model<Q, A> model, List<Asked<Q, A>> batch) {
        try {
            List<A> answers = model.answer(batch.stream().map(Asked::question).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).answer.complete(answers.get(i));
            }
        } catch (Throwable failure) { // as above; and the next batch may fare better
            if (batch.size() == 1) {
                batch.getFirst().answer.completeExceptionally(failure);
            } else {
                batch.forEach(asked -> answerTogether(model, List.of(asked))); // one of them is no reason for the others
            }
        }
    }

    /**
     * Answers what was asked before, then ends the thread and releases its model. A second call does nothing.
     *
     * @throws RuntimeException what went wrong when it was released
     */
    @Override
    public void close() {
        synchronized (this) {
            if (!closed) {
                closed = true;
                waiting.add(end);
            }
        }
        if (Thread.currentThread() != thread) { // else what is being answered asks for it, and it ends after that
            result(ended);
        }
    }
}
