package org.frugaltorch.finetune.measure;

import java.util.Locale;

/** Measured values as text. What was not measured is a dash. */
public final class Units {
    /** Stands for a number of bytes that was not measured. */
    public static final long UNKNOWN = -1;
    /** The text for a value that was not measured. */
    public static final String NOT_MEASURED = "-";

    private static final double MIB = 1024.0 * 1024.0;

    private Units() {}

    /** Bytes in MiB with one decimal and without the unit, for example {@code 512.0}. */
    public static String mib(long bytes) {
        return bytes < 0 ? NOT_MEASURED : decimal(bytes / MIB, 1);
    }

    /** Bytes in MiB; NaN when not measured. */
    public static double inMib(long bytes) {
        return bytes < 0 ? Double.NaN : bytes / MIB;
    }

    /** A number with a fixed count of decimals and thousands separated by commas. */
    public static String decimal(double value, int decimals) {
        return Double.isNaN(value) ? NOT_MEASURED : String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /** How many things there are, for example {@code 1 word} or {@code 1,200 words}. */
    public static String count(long things, String name) {
        return String.format(Locale.ROOT, "%,d %s%s", things, name, things == 1 ? "" : "s");
    }

    /** A part in percent of a whole, with one decimal, for example {@code 21.4 %}. */
    public static String percent(double part, double whole) {
        double percent = 100 * part / whole;
        return Double.isFinite(percent) && part >= 0 && whole > 0 ? decimal(percent, 1) + " %" : NOT_MEASURED;
    }

    /** Seconds as {@code 0:07}, {@code 12:34} or {@code 1:02:03}; below ten seconds with one decimal, as {@code 3.4 s}. */
    public static String duration(double seconds) {
        if (!Double.isFinite(seconds) || seconds < 0) {
            return NOT_MEASURED;
        }
        if (seconds < 9.95) {
            return decimal(seconds, 1) + " s";
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
