package org.frugaltorch.finetune.report;

import java.awt.Color;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.HorizontalBarChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The kinds of charts a report needs, as PNG. */
public final class Charts {
    private static final int BAR_SPACING = 58;
    private static final int NAME_SPACING = 50;

    private Charts() {}

    /** Values by step, one line a method. Empty curves keep their colour but are not drawn. */
    static byte[] lines(List<Curve> curves, String yTitle, boolean markers) {
        List<String> names = curves.stream().filter(curve -> !curve.isEmpty()).map(Curve::name).toList();
        XYChart chart = new XYChartBuilder().width(ChartStyle.WIDTH).height(ChartStyle.height(names))
                .xAxisTitle("Step").yAxisTitle(yTitle).build();
        ChartStyle.apply(chart.getStyler(), names);
        chart.getStyler().setPlotGridVerticalLinesVisible(false);
        chart.getStyler().setMarkerSize(7);
        chart.getStyler().setXAxisDecimalPattern("#,###");
        chart.getStyler().setPlotContentSize(0.97);
        for (int i = 0; i < curves.size(); i++) {
            Curve curve = curves.get(i);
            if (!curve.isEmpty()) {
                XYSeries series = chart.addSeries(curve.name(), curve.x(), curve.y());
                series.setLineColor(ChartStyle.color(i));
                series.setLineStyle(ChartStyle.stroke(i));
                series.setMarkerColor(ChartStyle.color(i));
                series.setMarker(markers || curve.x().length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
            }
        }
        return ChartStyle.png(chart);
    }

    /**
     * What was measured as points, and what was expected as thin lines, one colour a method.
     *
     * @param measured points; named in the legend
     * @param expected one line for each of them, in the same order; may be empty
     * @param logarithmic whether both axes are
     */
    public static byte[] pointsOnLines(
            List<Curve> measured, List<Curve> expected, String xTitle, String yTitle, boolean logarithmic) {
        List<String> names = measured.stream().filter(curve -> !curve.isEmpty()).map(Curve::name).toList();
        XYChart chart = new XYChartBuilder().width(ChartStyle.WIDTH).height(ChartStyle.height(names))
                .xAxisTitle(xTitle).yAxisTitle(yTitle).build();
        ChartStyle.apply(chart.getStyler(), names);
        chart.getStyler().setMarkerSize(9);
        chart.getStyler().setXAxisLogarithmic(logarithmic);
        chart.getStyler().setYAxisLogarithmic(logarithmic);
        chart.getStyler().setXAxisLogarithmicDecadeOnly(false);
        chart.getStyler().setYAxisLogarithmicDecadeOnly(false);
        chart.getStyler().setXAxisDecimalPattern("#,###.##");
        chart.getStyler().setYAxisDecimalPattern("#,###.##");
        for (int i = 0; i < measured.size(); i++) {
            if (!expected.get(i).isEmpty()) {
                XYSeries line = chart.addSeries(
                        expected.get(i).name() + " by formula", expected.get(i).x(), expected.get(i).y());
                line.setLineColor(ChartStyle.color(i));
                line.setLineStyle(ChartStyle.stroke(i));
                line.setMarker(SeriesMarkers.NONE);
                line.setShowInLegend(false);
            }
            if (!measured.get(i).isEmpty()) {
                XYSeries points = chart.addSeries(measured.get(i).name(), measured.get(i).x(), measured.get(i).y());
                points.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
                points.setMarker(SeriesMarkers.CIRCLE);
                points.setMarkerColor(ChartStyle.color(i));
            }
        }
        return ChartStyle.png(chart);
    }

    /** One point a method; a curve of {@code curves} holds that one point, or none. */
    static byte[] points(List<Curve> curves, String xTitle, String yTitle) {
        List<String> names = curves.stream().filter(curve -> !curve.isEmpty()).map(Curve::name).toList();
        XYChart chart = new XYChartBuilder().width(ChartStyle.WIDTH).height(ChartStyle.height(names))
                .xAxisTitle(xTitle).yAxisTitle(yTitle).build();
        ChartStyle.apply(chart.getStyler(), names);
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        chart.getStyler().setMarkerSize(15);
        chart.getStyler().setPlotContentSize(0.9);
        chart.getStyler().setXAxisMin(0.0);
        chart.getStyler().setXAxisDecimalPattern("#,###.##");
        for (int i = 0; i < curves.size(); i++) {
            Curve curve = curves.get(i);
            if (!curve.isEmpty()) {
                XYSeries series = chart.addSeries(curve.name(), curve.x(), curve.y());
                series.setMarker(SeriesMarkers.CIRCLE);
                series.setMarkerColor(ChartStyle.color(i));
            }
        }
        return ChartStyle.png(chart);
    }

    /** One series of {@link #groups}: a method with one value a group. */
    public record Bars(String name, List<Double> values) {}

    /** Bars side by side in groups, one colour a method. */
    public static byte[] groups(List<String> groups, List<Bars> methods, String yTitle) {
        List<String> names = methods.stream().map(Bars::name).toList();
        CategoryChart chart = new CategoryChartBuilder().width(ChartStyle.WIDTH).height(ChartStyle.height(names))
                .yAxisTitle(yTitle).build();
        ChartStyle.apply(chart.getStyler(), names);
        chart.getStyler().setSeriesColors(ChartStyle.colors(methods.size()));
        chart.getStyler().setPlotGridVerticalLinesVisible(false);
        chart.getStyler().setAvailableSpaceFill(0.75);
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setYAxisDecimalPattern("#,###.##");
        if (groups.size() > 4) {
            chart.getStyler().setXAxisLabelRotation(30);
        }
        for (Bars method : methods) {
            chart.addSeries(method.name(), groups, method.values().stream().map(Charts::barLength).toList());
        }
        return ChartStyle.png(chart);
    }

    /** One labelled bar a method, lying, so that long names of methods stay readable. */
    public static byte[] ranking(List<String> methods, List<Double> values, String xTitle, int decimals) {
        int height = Math.max(ChartStyle.HEIGHT / 2, 90 + BAR_SPACING * methods.size());
        HorizontalBarChart chart = new HorizontalBarChartBuilder().width(ChartStyle.WIDTH).height(height)
                .xAxisTitle(xTitle).build();
        ChartStyle.apply(chart.getStyler(), methods);
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setPlotGridHorizontalLinesVisible(false);
        chart.getStyler().setAvailableSpaceFill(0.7);
        chart.getStyler().setXAxisMin(0.0);
        chart.getStyler().setXAxisDecimalPattern(decimals == 0 ? "#,###" : "#,###." + "#".repeat(decimals));
        chart.getStyler().setLabelsVisible(true);
        chart.getStyler().setLabelsFont(ChartStyle.font());
        chart.getStyler().setLabelsFontColorAutomaticEnabled(false);
        chart.getStyler().setLabelsFontColor(ChartStyle.TEXT);
        chart.getStyler().setXAxisTickMarkSpacingHint(NAME_SPACING); // of the names too, which are left out if closer
        chart.getStyler().setSeriesColors(new Color[] {ChartStyle.NEUTRAL});
        chart.addSeries(xTitle, values.stream().map(Charts::barLength).toList(), methods);
        return ChartStyle.png(chart);
    }

    // What was not measured has no bar.
    private static double barLength(double value) {
        return Double.isFinite(value) ? value : 0;
    }
}
