package org.frugaltorch.jmh.bench;

import java.util.List;

/** Of a few samples, which on a shared machine have outliers. */
final class Statistics {
    private Statistics() {}

    /** The middle one, or the mean of the two in the middle; NaN of none. */
    static double median(List<Double> samples) {
        if (samples.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = samples.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Half the range from the smallest to the largest, relative to the median; NaN of fewer than two. */
    static double spread(List<Double> samples) {
        if (samples.size() < 2) {
            return Double.NaN;
        }
        double least = samples.stream().min(Double::compare).orElseThrow();
        double most = samples.stream().max(Double::compare).orElseThrow();
        return (most - least) / 2 / median(samples);
    }
}
