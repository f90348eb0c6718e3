package org.frugaltorch.jmh.bench;

import org.frugaltorch.finetune.measure.Units;

/** One figure relative to another, as text. */
final class Ratio {
    private Ratio() {}

    /** With two decimals; a dash where one is missing. */
    static String text(double part, double whole) {
        double ratio = part / whole;
        return Double.isFinite(ratio) && whole > 0 ? Units.decimal(ratio, 2) : Units.NOT_MEASURED;
    }

    /** A share in whole percent, with one decimal below ten; a dash where there is none. */
    static String percent(double share) {
        return Double.isFinite(share) ? Units.decimal(100 * share, share < 0.1 ? 1 : 0) + " %" : Units.NOT_MEASURED;
    }
}
