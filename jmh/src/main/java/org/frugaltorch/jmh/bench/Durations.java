package org.frugaltorch.jmh.bench;

import org.frugaltorch.finetune.measure.Units;

/** Times from nanoseconds to seconds, in the unit that fits, with three digits or more. */
final class Durations {
    private static final int DIGITS = 3;

    private Durations() {}

    /** Such as {@code 633 ns} or {@code 1.25 s}. */
    static String of(double seconds) {
        if (!Double.isFinite(seconds)) {
            return Units.NOT_MEASURED;
        }
        double scaled = seconds * 1e9;
        String[] units = {"ns", "µs", "ms", "s"};
        int unit = 0;
        while (scaled >= 1000 && unit < units.length - 1) {
            scaled /= 1000;
            unit++;
        }
        return digits(scaled) + " " + units[unit];
    }

    /** A number with three digits that count, or all before the point. */
    static String digits(double value) {
        int before = Math.max(1, 1 + (int) Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9))));
        return Units.decimal(value, Math.max(0, DIGITS - before));
    }
}
