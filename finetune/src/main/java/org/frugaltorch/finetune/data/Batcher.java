package org.frugaltorch.finetune.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/** Groups examples into batches, the same way every time for the same settings and epoch. */
public final class Batcher {
    private static final RandomGeneratorFactory<RandomGenerator> GENERATOR = RandomGeneratorFactory.of("L64X128MixRandom");

    private final Inputs inputs;
    private final BatchSettings settings;

    /** @throws IllegalArgumentException if an example is longer than the fixed width */
    public Batcher(Inputs inputs, BatchSettings settings) {
        this.inputs = inputs;
        this.settings = settings;
        int longest = IntStream.range(0, inputs.count()).map(inputs::length).max().orElse(0);
        if (settings.fixedWidth() > 0 && longest > settings.fixedWidth()) {
            throw new IllegalArgumentException("the longest example has " + longest + " tokens, more than the fixed width of "
                    + settings.fixedWidth());
        }
    }

    /** How many batches an epoch has. */
    public int batches() {
        return Math.ceilDiv(inputs.count(), settings.batchSize());
    }

    /** The batches of {@code epoch}; each is made when it is asked for. Every example occurs once. */
    public Iterable<Batch> epoch(int epoch) {
        return epoch(epoch, 0);
    }

    /** The same without the {@code first} batches before the one to begin with. */
    public Iterable<Batch> epoch(int epoch, int first) {
        List<int[]> plan = plan(epoch);
        return () -> plan.stream().skip(first).map(group -> new Batch(inputs.batch(group, settings), group)).iterator();
    }

    /** Shuffle, sort by length within windows, cut into batches, and shuffle those: short ones must not come first. */
    private List<int[]> plan(int epoch) {
        RandomGenerator random = GENERATOR.create(mix(settings.seed(), epoch));
        List<Integer> order = new ArrayList<>(IntStream.range(0, inputs.count()).boxed().toList());
        if (settings.shuffle()) {
            Collections.shuffle(order, Random.from(random));
        }
        if (settings.bucketWindow() > 0) {
            sortWindows(order);
        }
        List<int[]> batches = new ArrayList<>(batches());
        for (int start = 0; start < order.size(); start += settings.batchSize()) {
            int end = Math.min(start + settings.batchSize(), order.size());
            batches.add(order.subList(start, end).stream().mapToInt(Integer::intValue).toArray());
        }
        if (settings.shuffle() && settings.bucketWindow() > 0) {
            Collections.shuffle(batches, Random.from(random));
        }
        return batches;
    }

    private void sortWindows(List<Integer> order) {
        long window = (long) settings.bucketWindow() * settings.batchSize();
        for (long start = 0; start < order.size(); start += window) {
            List<Integer> part = order.subList((int) start, (int) Math.min(start + window, order.size()));
            part.sort(Comparator.comparingInt(inputs::length)); // stable
        }
    }

    /** Neighbouring seeds and epochs must give unrelated orders, and (1, 2) another one than (2, 1). */
    private static long mix(long seed, int epoch) {
        return seed * 0x9E3779B97F4A7C15L + epoch;
    }
}
