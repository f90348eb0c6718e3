package org.frugaltorch.autograd;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.frugaltorch.bindings.NativeMemory;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Hands over the gradient of each parameter during the backward pass, as soon as nothing in the pass can add to it any
 * more and nothing reads the parameter any more. Who uses a gradient right then and clears it needs room for a few of
 * them at a time instead of for all ("LOMO", Lv et al. 2023, does so for plain gradient descent).
 *
 * <p>For plain operators autograd knows when a gradient is complete. Functions in Java tell by
 * {@link JavaFunction#parameters} which gradients they will add to: a parameter is handed over when the last of those
 * that were recorded has run. Gradients that come from a function that did not name them are handed over at the end of the
 * pass. Should a gradient grow after it was handed over, the pass fails with a sentence that names the parameter.
 *
 * <p>Watches the passes that the thread which opened it runs, those of plain operators and functions inside them included.
 */
public final class ReadyGradients implements AutoCloseable {
    private static final ThreadLocal<ReadyGradients> OF_THREAD = new ThreadLocal<>();
    private static final Map<Long, Watched> BY_IMPLEMENTATION = new ConcurrentHashMap<>();
    /** Functions whose backward is under way now, on all threads: until none is, parameters may still be read. */
    private static final AtomicInteger RUNNING = new AtomicInteger();

    private final List<Watched> all = new ArrayList<>();
    private final Set<Watched> arrived = new LinkedHashSet<>();
    /** Those of {@link #arrived} that have to wait for the end of the pass. */
    private final Set<Watched> late = new HashSet<>();
    private final Consumer<String> user;
    private long bytes;
    private long mostBytes;
    private RuntimeException failure;
    private Error error;

    /** A parameter. */
    static final class Watched {
        private final ReadyGradients owner;
        private final String name;
        private final Tensor parameter;
        /** Functions in live graphs that will add to the gradient. */
        private int awaited;
        private boolean handedOver;

        Watched(ReadyGradients owner, String name, Tensor parameter) {
            this.owner = owner;
            this.name = name;
            this.parameter = parameter;
        }
    }

    private ReadyGradients(Map<String, Tensor> parameters, Consumer<String> user) {
        this.user = user;
        parameters.forEach((name, parameter) -> all.add(new Watched(this, name, parameter)));
    }

    /**
     * Begins to watch.
     *
     * @param parameters leaves by name; they must outlive this object
     * @param user is given the name of each parameter whose gradient is complete, once a pass, with recording off. What it
     *     throws ends the handing over and is thrown at the end of the pass
     * @throws IllegalStateException when this thread watches already
     */
    public static ReadyGradients watch(Map<String, Tensor> parameters, Consumer<String> user) {
        if (OF_THREAD.get() != null) {
            throw new IllegalStateException("This thread watches gradients already: close what watches them first");
        }
        ReadyGradients watch = new ReadyGradients(parameters, user);
        for (Watched watched : watch.all) {
            GradientHook.set(watched.parameter, () -> watch.arrive(watched));
            BY_IMPLEMENTATION.put(NativeMemory.readLong(watched.parameter.handle()), watched);
        }
        OF_THREAD.set(watch);
        return watch;
    }

    // ---- what functions tell ----------------------------------------------------------------------------------------

    /** A function was recorded that will add to the gradients of {@code parameters}; returns those that are watched. */
    static List<Watched> await(Collection<Tensor> parameters) {
        List<Watched> watched = new ArrayList<>();
        for (Tensor parameter : parameters) {
            Watched found = BY_IMPLEMENTATION.get(NativeMemory.readLong(parameter.handle()));
            if (found != null) {
                watched.add(found);
                synchronized (found.owner) {
                    found.awaited++;
                }
            }
        }
        return watched;
    }

    /** Whether anybody watches; if not, functions need not tell anything. */
    static boolean areWatched() {
        return !BY_IMPLEMENTATION.isEmpty();
    }

    /** A function's backward begins. */
    static void begin() {
        RUNNING.incrementAndGet();
    }

    /**
     * A function's backward is over, and so is what it announced.
     *
     * @param completed whether it did all that it had to
     */
    static void end(List<Watched> announced, boolean completed) {
        RUNNING.decrementAndGet();
        forget(announced);
        if (!completed) {
            return;
        }
        announced.stream().map(watched -> watched.owner).distinct().forEach(ReadyGradients::handOverWhatIsComplete);
    }

    /** A function that will not run, or that did, takes back what it announced. */
    static void forget(List<Watched> announced) {
        for (Watched watched : announced) {
            synchronized (watched.owner) {
                watched.awaited--;
            }
        }
    }

    // ---- handing over -----------------------------------------------------------------------------------------------

    /** Called by libtorch while it holds the parameter's lock: must not throw. */
    private synchronized void arrive(Watched watched) {
        if (watched.handedOver) {
            failure = new IllegalStateException("The gradient of " + watched.name + " grew after it was complete: several"
                    + " parts of the model train it that do not know of each other, so it cannot be used during the"
                    + " backward pass");
            return;
        }
        if (RUNNING.get() > 0 && watched.awaited == 0) {
            late.add(watched); // from a function that did not announce it: nobody knows whether more will come
        }
        if (arrived.add(watched)) {
            bytes += watched.parameter.byteSize();
            mostBytes = Math.max(mostBytes, bytes);
        }
        handOverWhatIsComplete();
    }

    private synchronized void handOverWhatIsComplete() {
        if (RUNNING.get() == 0) {
            handOver(arrived.stream().filter(watched -> watched.awaited == 0 && !late.contains(watched)).toList());
        }
    }

    private void handOver(List<Watched> complete) {
        for (Watched watched : complete) {
            if (failure != null || error != null) {
                return;
            }
            arrived.remove(watched);
            late.remove(watched);
            bytes -= watched.parameter.byteSize();
            watched.handedOver = true;
            try (TensorScope scope = TensorScope.open();
                    GradMode off = GradMode.disabled()) {
                user.accept(watched.name);
            } catch (RuntimeException thrown) {
                failure = thrown;
            } catch (Error thrown) {
                error = thrown;
            }
        }
    }

    /** The outermost pass of this thread is over: hands over what is left, then throws what failed. */
    static void endPass(boolean completed) {
        ReadyGradients watch = OF_THREAD.get();
        if (watch != null) {
            watch.end(completed);
        }
    }

    private synchronized void end(boolean completed) {
        if (completed) {
            handOver(List.copyOf(arrived));
        }
        RuntimeException thrown = failure;
        Error thrownError = error;
        failure = null;
        error = null;
        bytes = 0;
        arrived.clear();
        late.clear();
        all.forEach(watched -> watched.handedOver = false);
        if (completed && thrownError != null) {
            throw thrownError;
        }
        if (completed && thrown != null) {
            throw thrown;
        }
    }

    /** Most bytes that gradients took at once which had come and were not handed over, over all passes so far. */
    public synchronized long mostBytes() {
        return mostBytes;
    }

    /** Stops watching; by the thread that began. A second call does nothing. */
    @Override
    public void close() {
        if (OF_THREAD.get() != this) {
            return;
        }
        OF_THREAD.remove();
        for (Watched watched : all) {
            GradientHook.remove(watched.parameter);
            BY_IMPLEMENTATION.values().remove(watched);
        }
    }
}
