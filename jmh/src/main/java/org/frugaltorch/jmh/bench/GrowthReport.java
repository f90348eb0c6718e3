package org.frugaltorch.jmh.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.frugaltorch.finetune.measure.MeasuredJson;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.report.Charts;
import org.frugaltorch.finetune.report.Curve;
import org.frugaltorch.finetune.report.Figure;
import org.frugaltorch.finetune.report.ReportPage;
import org.frugaltorch.io.AtomicFiles;

/**
 * Cost as it grows: curves beside the formula, and tables of cost a token, in which a straight line is a constant.
 *
 * @param command how it was started
 * @param shape of the model
 */
record GrowthReport(String command, String shape, List<GrowthPoint> points) {
    private static final double MIB = 1 << 20;
    private static final double MOST_DIFFERENCE = 0.05;
    private static final String NOTE =
            "What stays the same down a method's rows grows in a straight line. Saved bytes a token do, but for"
            + " TokenTune's first token of every sequence, which is always selected, and for the random states that"
            + " lean and recompute keep a block. MEFT keeps its two streams, however many layers there are; the formula"
            + " is not for it. The peak is flat while it stands at the optimiser, on weights, gradients and moments, and"
            + " rises where activations are more than those. Time a token falls at first, as more tokens share the"
            + " optimiser's work on all weights, and rises with long sequences, because every token looks at every"
            + " other.";

    /** Writes {@code growth.json}, {@code growth.html} and {@code growth.md}. */
    void write(Path folder) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("command", command);
        json.put("shape", shape);
        json.put("points", points);
        AtomicFiles.writeString(folder.resolve("growth.json"), MeasuredJson.indented(json));
        page().write(folder.resolve("growth.html"));
        AtomicFiles.writeString(folder.resolve("growth.md"), "`" + command + "`\n\n"
                + tables().stream().map(Table::toMarkdown).collect(Collectors.joining("\n")));
    }

    ReportPage page() {
        ReportPage page = new ReportPage("FrugalTorch: cost as it grows", "One training step of the shape " + shape
                + ", by method, as one size grows and the others stay. Points are measured; lines are what the formula"
                + " counts.");
        page.section("Where").settings(List.of("", "Value"), List.of(List.of("Command", command)));
        for (String axis : axes()) {
            List<GrowthPoint> own = of(axis);
            boolean logarithmic = axis.equals(Growth.Axis.SEQUENCE.toString())
                    || axis.equals(Growth.Axis.BATCH.toString());
            page.section("By " + axis).figures(List.of(
                    figure(axis, "Saved activations by " + axis, "MiB", own, point -> point.savedBytes() / MIB,
                            point -> inBytes(point.formulaBytes()) / MIB, logarithmic),
                    figure(axis, "Peak memory by " + axis, "MiB", own, point -> point.peakBytes() / MIB, null,
                            logarithmic),
                    figure(axis, "Time of a step by " + axis, "ms", own, point -> point.seconds() * 1e3, null,
                            logarithmic)));
            Table table = table(axis);
            page.table(table.titles(), table.rows()).note(table.note());
        }
        return page;
    }

    List<Table> tables() {
        return axes().stream().map(this::table).toList();
    }

    /** Where what was measured is further from the formula than the head's few numbers explain. */
    List<GrowthPoint> bends() {
        return points.stream().filter(point -> Math.abs(difference(point)) > MOST_DIFFERENCE).toList();
    }

    /** NaN where there is no formula. */
    private static double difference(GrowthPoint point) {
        return point.savedBytes() / inBytes(point.formulaBytes()) - 1;
    }

    private static double inBytes(long bytes) {
        return bytes == Units.UNKNOWN ? Double.NaN : bytes;
    }

    private Set<String> axes() {
        Set<String> axes = new LinkedHashSet<>();
        points.forEach(point -> axes.add(point.axis()));
        return axes;
    }

    private List<GrowthPoint> of(String axis) {
        return points.stream().filter(point -> point.axis().equals(axis)).toList();
    }

    private Table table(String axis) {
        List<List<String>> rows = new ArrayList<>();
        for (GrowthPoint point : of(axis)) {
            rows.add(List.of(point.method(), Durations.digits(point.x()), Units.mib(point.savedBytes()),
                    Units.mib(point.formulaBytes()), Ratio.percent(difference(point)),
                    Units.mib(point.peakBytes()), Durations.digits(point.seconds() * 1e3),
                    Units.decimal((double) point.savedBytes() / point.tokens() / 1024, 1),
                    Durations.digits(point.seconds() / point.tokens() * 1e6)));
        }
        return new Table("Growth by " + axis + ", " + shape, NOTE, List.of(
                "Method", axis, "saved MiB", "formula", "difference", "peak MiB", "ms a step", "saved KiB a token",
                "µs a token"), rows);
    }

    private static Figure figure(String axis, String title, String unit, List<GrowthPoint> points,
            ToDoubleFunction<GrowthPoint> measured, ToDoubleFunction<GrowthPoint> expected, boolean logarithmic) {
        Map<String, List<GrowthPoint>> byMethod = points.stream()
                .collect(Collectors.groupingBy(GrowthPoint::method, LinkedHashMap::new, Collectors.toList()));
        List<Curve> dots = new ArrayList<>();
        List<Curve> lines = new ArrayList<>();
        byMethod.forEach((method, own) -> {
            dots.add(curve(method, own, measured));
            lines.add(curve(method, own, expected == null ? measured : expected));
        });
        String words = points.stream().map(point -> point.method() + " at " + Durations.digits(point.x()) + ": "
                + Durations.digits(measured.applyAsDouble(point)) + " " + unit).collect(Collectors.joining(", "));
        return new Figure(title, expected == null ? "Measured." : "Points: measured. Lines: by formula.",
                title + ": " + words + ".",
                Charts.pointsOnLines(dots, lines, axis, unit, logarithmic));
    }

    private static Curve curve(String name, List<GrowthPoint> points, ToDoubleFunction<GrowthPoint> value) {
        List<GrowthPoint> known =
                points.stream().filter(point -> Double.isFinite(value.applyAsDouble(point))).toList();
        return new Curve(name, known.stream().mapToDouble(GrowthPoint::x).toArray(),
                known.stream().mapToDouble(value).toArray());
    }
}
