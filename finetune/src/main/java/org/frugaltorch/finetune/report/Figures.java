package org.frugaltorch.finetune.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.train.RunRecord;

/** Decides which pictures the measured values allow, and says in words what each shows. */
final class Figures {
    private static final String MIB = "MiB";

    private final ReportContent content;
    private final List<Figure> figures = new ArrayList<>();

    private Figures(ReportContent content) {
        this.content = content;
    }

    /** All pictures for which there is something to show. */
    static List<Figure> of(ReportContent content) {
        Figures figures = new Figures(content);
        figures.peakMemory();
        figures.throughput();
        figures.qualityAgainstMemory();
        figures.memoryByPart();
        figures.loss();
        figures.metrics();
        return figures.figures;
    }

    private void loss() {
        List<Curve> curves = content.runs().stream()
                .map(run -> Curve.of(run.method(), run.steps(), RunRecord.Step::loss).smoothed().thinned()).toList();
        if (curves.stream().allMatch(Curve::isEmpty)) {
            return;
        }
        figures.add(new Figure("Training loss",
                "Loss by optimizer step: moving average over about a thirtieth of the run.",
                "Line chart of the smoothed training loss by step. " + inWords(curves),
                Charts.lines(curves, "Loss", false)));
    }

    private void metrics() {
        Set<String> names = new LinkedHashSet<>();
        content.runs().forEach(run -> run.evaluations().forEach(entry -> names.addAll(entry.metrics().keySet())));
        for (String name : names) {
            List<Curve> curves = content.runs().stream().map(run -> Curve.of(run.method(), run.evaluations(),
                    entry -> entry.metrics().getOrDefault(name, Double.NaN))).toList();
            if (curves.stream().anyMatch(curve -> !curve.isEmpty())) {
                String label = ResultTable.label(name);
                figures.add(new Figure(label + " by step", label + " on the evaluation set.",
                        "Line chart of " + label + " on the evaluation set by step. " + inWords(curves),
                        Charts.lines(curves, label, true)));
            }
        }
    }

    private void memoryByPart() {
        Map<String, ToDoubleFunction<RunSummary>> parts = new LinkedHashMap<>();
        parts.put("Weights", summary -> Units.inMib(summary.weightBytes()));
        parts.put("Gradients", summary -> Units.inMib(summary.gradientBytes()));
        parts.put("Optimizer", summary -> Units.inMib(summary.optimizerBytes()));
        parts.put("Saved act.", summary -> Units.inMib(summary.savedActivationBytes()));
        Set<String> phases = new LinkedHashSet<>();
        content.summaries().forEach(summary -> phases.addAll(summary.phasePeakBytes().keySet()));
        for (String phase : phases) {
            parts.put(capitalised(phase) + " peak",
                    summary -> Units.inMib(summary.phasePeakBytes().getOrDefault(phase, Units.UNKNOWN)));
        }
        parts.values().removeIf(bytes -> content.summaries().stream()
                .allMatch(summary -> Double.isNaN(bytes.applyAsDouble(summary))));
        if (parts.isEmpty()) {
            return;
        }
        List<Charts.Bars> bars = content.summaries().stream().map(summary -> new Charts.Bars(summary.method(),
                parts.values().stream().map(bytes -> bytes.applyAsDouble(summary)).toList())).toList();
        List<String> names = List.copyOf(parts.keySet());
        String words = bars.stream().map(method -> method.name() + ": " + listed(names, method.values(), MIB) + ".")
                .collect(Collectors.joining(" "));
        figures.add(new Figure("Memory by part and phase",
                "What is held throughout (weights, gradients, optimizer state), what forward keeps for backward (saved "
                        + "activations), and the most that is held in each phase of a step.",
                "Grouped bar chart of memory in MiB. " + words, Charts.groups(names, bars, MIB)));
    }

    private void peakMemory() {
        ranking("Peak memory", "Most memory held at any moment of training.", MIB, 1,
                summary -> Units.inMib(summary.peakBytes()));
    }

    private void qualityAgainstMemory() {
        boolean byAccuracy = content.summaries().stream().anyMatch(summary -> Double.isFinite(summary.accuracy()));
        String metric = byAccuracy ? Metric.ACCURACY.id() : content.summaries().stream()
                .flatMap(summary -> summary.metrics().keySet().stream()).findFirst().orElse("");
        String label = ResultTable.label(metric);
        List<Curve> points = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (RunSummary summary : content.summaries()) {
            double quality = byAccuracy ? summary.accuracy() : summary.metrics().getOrDefault(metric, Double.NaN);
            if (Double.isFinite(quality) && summary.peakBytes() > 0) {
                points.add(new Curve(summary.method(), new double[] {Units.inMib(summary.peakBytes())},
                        new double[] {quality}));
                words.add(summary.method() + " " + Units.decimal(quality, 4) + " at " + Units.mib(summary.peakBytes())
                        + " " + MIB);
            } else {
                points.add(new Curve(summary.method(), new double[0], new double[0]));
            }
        }
        if (words.size() > 1) {
            figures.add(new Figure(label + " against memory", "Each method by its peak memory and its "
                    + label.toLowerCase(Locale.ROOT) + " at the end.",
                    "Scatter chart of " + label + " and peak memory: " + String.join(", ", words) + ".",
                    Charts.points(points, "Peak memory (" + MIB + ")", label)));
        }
    }

    private void throughput() {
        ranking("Throughput", "Tokens trained on per second, evaluation excluded.", "tokens/s", 0,
                RunSummary::tokensPerSecond);
    }

    private void ranking(String title, String caption, String unit, int decimals, ToDoubleFunction<RunSummary> value) {
        List<String> methods = content.summaries().stream().map(RunSummary::method).toList();
        List<Double> values = content.summaries().stream().map(value::applyAsDouble).toList();
        if (values.stream().noneMatch(number -> number > 0)) {
            return;
        }
        figures.add(new Figure(title, caption, "Bar chart: " + listed(methods, values, unit) + ".",
                Charts.ranking(methods, values, unit, decimals)));
    }

    private static String listed(List<String> names, List<Double> values, String unit) {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            items.add(names.get(i) + " " + (Double.isFinite(values.get(i))
                    ? Units.decimal(values.get(i), 1) + " " + unit : "not measured"));
        }
        return String.join(", ", items);
    }

    private static String capitalised(String name) {
        return name.isEmpty() ? name : Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    private static String inWords(List<Curve> curves) {
        return curves.stream().map(Figures::inWords).collect(Collectors.joining(" "));
    }

    private static String inWords(Curve curve) {
        if (curve.isEmpty()) {
            return curve.name() + ": no values.";
        }
        return curve.name() + ": from " + Units.decimal(curve.first(), 3) + " at step " + (long) curve.firstX() + " to "
                + Units.decimal(curve.last(), 3) + " at step " + (long) curve.lastX() + ".";
    }
}
