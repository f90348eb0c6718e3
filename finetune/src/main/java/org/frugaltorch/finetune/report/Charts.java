package org.frugaltorch.finetune.report;

import java.util.ArrayList;
import java.util.Collections;
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
final class Charts {
    private Charts() {}

    /** Values by step, one line a method. Empty curves keep their colour but are not drawn. */
    static byte[] lines(List<Curve> curves, String yTitle, boolean markers) {
        XYChart chart = new XYChartBuilder().width(ChartStyle.WIDTH).height(ChartStyle.HEIGHT)
                .xAxisTitle("Step").yAxisTitle(yTitle).build();
        ChartStyle.apply(chart.getStyler());
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

    /** One series of {@link #groups}: a method with one value a group. */
    record Bars(String name, List<Double> values) {}

    /** Bars side by side in groups, one colour a method. */
    static byte[] groups(List<String> groups, List<Bars> methods, String yTitle) {
        CategoryChart chart = new CategoryChartBuilder().width(ChartStyle.WIDTH).height(ChartStyle.HEIGHT)
                .yAxisTitle(yTitle).build();
        ChartStyle.apply(chart.getStyler());
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
    static byte[] ranking(List<String> methods, List<Double> values, String xTitle, int decimals) {
        int height = Math.max(ChartStyle.HEIGHT / 2, 80 + 48 * methods.size());
        HorizontalBarChart chart = new HorizontalBarChartBuilder().width(ChartStyle.WIDTH).height(height)
                .xAxisTitle(xTitle).build();
        ChartStyle.apply(chart.getStyler());
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setPlotGridHorizontalLinesVisible(false);
        chart.getStyler().setAvailableSpaceFill(0.7);
        chart.getStyler().setXAxisMin(0.0);
        chart.getStyler().setXAxisDecimalPattern(decimals == 0 ? "#,###" : "#,###." + "#".repeat(decimals));
        chart.getStyler().setLabelsVisible(true);
        chart.getStyler().setLabelsFont(ChartStyle.font(15));
        chart.getStyler().setSeriesColors(ChartStyle.colors(1));
        List<String> upwards = new ArrayList<>(methods);
        List<Double> lengths = new ArrayList<>(values.stream().map(Charts::barLength).toList());
        Collections.reverse(upwards);
        Collections.reverse(lengths);
        chart.addSeries(xTitle, lengths, upwards);
        return ChartStyle.png(chart);
    }

    // What was not measured has no bar.
    private static double barLength(double value) {
        return Double.isFinite(value) ? value : 0;
    }
}
