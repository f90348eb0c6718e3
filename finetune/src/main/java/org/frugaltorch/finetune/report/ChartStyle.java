package org.frugaltorch.finetune.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;

/** One look for all charts: sizes that stay readable on a phone, colours that colour-blind readers can tell apart. */
final class ChartStyle {
    /** Logical size of every chart in pixels. */
    static final int WIDTH = 640;
    static final int HEIGHT = 420;

    /** Colour of bars that stand for no method in particular; dark text on it is readable. */
    static final Color NEUTRAL = new Color(0x9c, 0xc3, 0xe0);
    static final Color TEXT = new Color(0x33, 0x3b, 0x45);

    private static final int PIXEL_RATIO = 2;
    private static final int FONT_SIZE = 17;
    private static final int LEGEND_LINE = 26;
    private static final int LEGEND_LETTERS = 46;
    private static final String FONT = Font.SANS_SERIF;
    private static final Color FAINT = new Color(0xe3, 0xe7, 0xec);
    // The palette of Okabe and Ito without yellow and black, ordered so that neighbours contrast.
    private static final int[] PALETTE = {0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x6B7280};

    static {
        // Charts are drawn into memory; without this, a missing display would be an error on some systems.
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
    }

    private ChartStyle() {}

    /** The colour of the n-th method, the same in all charts. */
    static Color color(int index) {
        return new Color(PALETTE[index % PALETTE.length]);
    }

    /** The colour of the n-th method for style sheets. */
    static String cssColor(int index) {
        return String.format(Locale.ROOT, "#%06x", PALETTE[index % PALETTE.length]);
    }

    static Color[] colors(int count) {
        return IntStream.range(0, count).mapToObj(ChartStyle::color).toArray(Color[]::new);
    }

    /** Lines are told apart by their dashes too, once the colours repeat. */
    static BasicStroke stroke(int index) {
        float[] dashes = index < PALETTE.length ? null : new float[] {7, 5};
        return new BasicStroke(2.4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 10, dashes, 0);
    }

    static Font font() {
        return new Font(FONT, Font.PLAIN, FONT_SIZE);
    }

    /** Whether names fit into one line of a legend. */
    static boolean fitOneLine(List<String> names) {
        return names.stream().mapToInt(name -> name.length() + 6).sum() <= LEGEND_LETTERS;
    }

    /** Height of a chart whose legend shows these names, so that the plot keeps its own height. */
    static int height(List<String> names) {
        return fitOneLine(names) ? HEIGHT : HEIGHT + LEGEND_LINE * (names.size() - 1);
    }

    static void apply(AxesChartStyler style, List<String> names) {
        style.setAxisTitleFont(font());
        style.setAxisTickLabelsFont(font());
        style.setAxisTickLabelsColor(TEXT);
        style.setAxisTickMarksColor(FAINT);
        style.setAxisTicksLineVisible(false);
        style.setPlotGridLinesColor(FAINT);
        style.setPlotGridLinesStroke(new BasicStroke(1));
        style.setPlotTicksMarksVisible(false);
        style.setYAxisTickMarkSpacingHint(50);
        style.setPlotMargin(0);
        style.setPlotBorderVisible(false);
        style.setPlotBackgroundColor(Color.WHITE);
        style.setChartBackgroundColor(Color.WHITE);
        style.setChartFontColor(TEXT);
        style.setChartTitleVisible(false);
        style.setChartPadding(6);
        style.setLegendFont(font());
        style.setLegendBorderColor(Color.WHITE);
        style.setLegendBackgroundColor(Color.WHITE);
        style.setLegendPosition(Styler.LegendPosition.OutsideS);
        style.setLegendLayout(fitOneLine(names) ? Styler.LegendLayout.Horizontal : Styler.LegendLayout.Vertical);
        style.setLegendPadding(6);
        style.setLocale(Locale.ROOT);
        style.setAntiAlias(true);
        style.setTextAntiAlias(true);
    }

    /** The chart as a PNG, at twice its logical size for sharp screens and print. */
    static byte[] png(IChart chart) {
        int width = chart.getWidth();
        int height = chart.getHeight();
        BufferedImage image =
                new BufferedImage(width * PIXEL_RATIO, height * PIXEL_RATIO, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            graphics.scale(PIXEL_RATIO, PIXEL_RATIO);
            chart.paint(graphics, width, height);
        } finally {
            graphics.dispose();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }
}
