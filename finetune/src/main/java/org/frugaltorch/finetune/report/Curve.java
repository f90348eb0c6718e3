package org.frugaltorch.finetune.report;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.frugaltorch.finetune.train.RunRecord;

/**
 * A line of a chart; only points that are finite. Arrays are not copied.
 *
 * @param name name in the legend
 * @param x    where each point stands, such as its step
 * @param y    value of each point, as many
 */
public record Curve(String name, double[] x, double[] y) {
    private static final int MOST_POINTS = 400;
    private static final int WINDOWS = 30;

    static <T extends RunRecord> Curve of(String name, List<T> records, ToDoubleFunction<T> value) {
        List<T> finite = records.stream().filter(entry -> Double.isFinite(value.applyAsDouble(entry))).toList();
        return new Curve(name, finite.stream().mapToDouble(RunRecord::step).toArray(),
                finite.stream().mapToDouble(value).toArray());
    }

    /**
     * The exponential moving average over about a thirtieth of the run. It begins once half that many values are in it, for
     * before it would be as noisy as they are.
     */
    Curve smoothed() {
        int window = Math.max(1, y.length / WINDOWS);
        double decay = 1 - 1.0 / window;
        double[] smooth = new double[y.length];
        double sum = 0;
        double weight = 0;
        for (int i = 0; i < y.length; i++) {
            sum = decay * sum + y[i];
            weight = decay * weight + 1;
            smooth[i] = sum / weight;
        }
        int skipped = Math.min(window / 2, y.length);
        return new Curve(name, Arrays.copyOfRange(x, skipped, x.length), Arrays.copyOfRange(smooth, skipped, y.length));
    }

    /** Evenly many points that a picture can show, the first and the last among them. */
    Curve thinned() {
        if (x.length <= MOST_POINTS) {
            return this;
        }
        double[] fewX = new double[MOST_POINTS];
        double[] fewY = new double[MOST_POINTS];
        for (int i = 0; i < MOST_POINTS; i++) {
            int source = (int) Math.round(i * (x.length - 1.0) / (MOST_POINTS - 1));
            fewX[i] = x[source];
            fewY[i] = y[source];
        }
        return new Curve(name, fewX, fewY);
    }

    boolean isEmpty() {
        return x.length == 0;
    }

    double firstX() {
        return x[0];
    }

    double lastX() {
        return x[x.length - 1];
    }

    double first() {
        return y[0];
    }

    double last() {
        return y[y.length - 1];
    }
}
