package org.frugaltorch.finetune.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/** Groups tokenised examples into padded batches, the same way every time for the same settings and epoch. */
public final class Batcher {
    private static final RandomGeneratorFactory<RandomGenerator> GENERATOR = RandomGeneratorFactory.of("L64X128MixRandom");

    private final List<Encoding> encodings;
    private final BatchSettings settings;

    /** @throws IllegalArgumentException if an example is longer than the fixed width */
    public Batcher(List<Encoding> encodings, BatchSettings settings) {
        this.encodings = List.copyOf(encodings);
        this.settings = settings;
        int longest = encodings.stream().mapToInt(Encoding::length).max().orElse(0);
        if (settings.fixedWidth() > 0 && longest > settings.fixedWidth()) {
            throw new IllegalArgumentException("the longest example has " + longest + " tokens, more than the fixed width of "
                    + settings.fixedWidth());
        }
    }

    /** How many batches an epoch has. */
    public int batches() {
        return Math.ceilDiv(encodings.size(), settings.batchSize());
    }

    /** The batches of {@code epoch}; each is made when it is asked for. Every example occurs once. */
    public Iterable<Batch> epoch(int epoch) {
        List<int[]> plan = plan(epoch);
        return () -> {
            Iterator<int[]> groups = plan.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return groups.hasNext();
                }

                @Override
                public Batch next() {
                    return pad(groups.next());
                }
            };
        };
    }

    /** Shuffle, sort by length within windows, cut into batches, and shuffle those: short ones must not come first. */
    private List<int[]> plan(int epoch) {
        RandomGenerator random = GENERATOR.create(mix(settings.seed(), epoch));
        List<Integer> order = new ArrayList<>(IntStream.range(0, encodings.size()).boxed().toList());
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
            part.sort(Comparator.comparingInt(index -> encodings.get(index).length())); // stable
        }
    }

    /** Neighbouring seeds and epochs must give unrelated orders, and (1, 2) another one than (2, 1). */
    private static long mix(long seed, int epoch) {
        return seed * 0x9E3779B97F4A7C15L + epoch;
    }

    private Batch pad(int[] group) {
        int longest = IntStream.of(group).map(index -> encodings.get(index).length()).max().orElse(0);
        int width = settings.fixedWidth() > 0 ? settings.fixedWidth() : longest;
        long[] ids = new long[Math.multiplyExact(group.length, width)];
        long[] mask = new long[ids.length];
        long[] types = new long[ids.length];
        Arrays.fill(ids, settings.padId());
        for (int row = 0; row < group.length; row++) {
            Encoding encoding = encodings.get(group[row]);
            for (int column = 0; column < encoding.length(); column++) {
                int at = row * width + column;
                ids[at] = encoding.ids()[column];
                mask[at] = 1;
                types[at] = encoding.typeIds()[column];
            }
        }
        return new Batch(group.length, width, ids, mask, types, group);
    }
}
