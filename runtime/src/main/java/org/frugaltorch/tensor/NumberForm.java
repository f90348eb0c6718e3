package org.frugaltorch.tensor;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;

/** The one form in which all floating-point numbers of a tensor are printed, chosen by PyTorch's rules. */
final class NumberForm {
    private static final int DIGITS = 4;
    private static final double WIDEST_RATIO = 1000;
    private static final double LARGEST_PLAIN = 1e8;
    private static final double SMALLEST_PLAIN = 1e-4;

    private final boolean whole;
    private final boolean scientific;
    private final int width;

    /** The form that suits {@code values}. Zeros, infinities and NaN fit into any. */
    NumberForm(double[] values) {
        double[] deciding = Arrays.stream(values).filter(v -> v != 0 && Double.isFinite(v)).toArray();
        double largest = Arrays.stream(deciding).map(Math::abs).max().orElse(1);
        double smallest = Arrays.stream(deciding).map(Math::abs).min().orElse(1);
        whole = Arrays.stream(deciding).allMatch(v -> v == Math.rint(v));
        scientific = largest / smallest > WIDEST_RATIO || largest > LARGEST_PLAIN || smallest < SMALLEST_PLAIN;
        width = Arrays.stream(deciding).mapToInt(v -> text(v).length()).max().orElse(1);
    }

    /** Characters that a number takes. */
    int width() {
        return width;
    }

    /** A number, filled up with blanks on the left. */
    String padded(double value) {
        return padded(text(value), width);
    }

    static String padded(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    private String text(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        String sign = Math.copySign(1, value) < 0 ? "-" : "";
        if (Double.isInfinite(value)) {
            return sign + "inf";
        }
        // Exact decimal digits, rounded half to even: Java's own formatting rounds the shortest digits half up.
        BigDecimal exact = new BigDecimal(Math.abs(value));
        if (scientific) {
            return sign + scientific(exact);
        }
        return sign + (whole
                ? exact.setScale(0, RoundingMode.HALF_EVEN).toPlainString() + "."
                : exact.setScale(DIGITS, RoundingMode.HALF_EVEN).toPlainString());
    }

    private static String scientific(BigDecimal exact) {
        BigDecimal rounded = exact.round(new MathContext(1 + DIGITS, RoundingMode.HALF_EVEN));
        String digits = rounded.unscaledValue().toString();
        int exponent = rounded.signum() == 0 ? 0 : digits.length() - 1 - rounded.scale();
        String padded = digits + "0".repeat(Math.max(0, 1 + DIGITS - digits.length()));
        return padded.charAt(0) + "." + padded.substring(1, 1 + DIGITS) + "e" + (exponent < 0 ? "-" : "+")
                + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
