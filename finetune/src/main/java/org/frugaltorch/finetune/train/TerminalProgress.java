package org.frugaltorch.finetune.train;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress as a bar that is redrawn in place. */
final class TerminalProgress implements ProgressLine {
    private static final int REFRESH_MILLIS = 200;

    private final Screen screen;
    private final ProgressBar bar;

    TerminalProgress(String task, long stepsDone, long totalSteps, PrintStream out, int width) {
        screen = new Screen(out, width);
        bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(totalSteps)
                .startsFrom(stepsDone, Duration.ZERO)
                .setUpdateIntervalMillis(REFRESH_MILLIS)
                .setStyle(out.charset().equals(StandardCharsets.UTF_8)
                        ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
                .setConsumer(screen)
                .build();
    }

    @Override
    public void update(long step, String figures) {
        bar.setExtraMessage(figures);
        bar.stepTo(step);
    }

    @Override
    public void message(String text) {
        screen.printAbove(text);
    }

    @Override
    public void close() {
        bar.close();
        screen.close(); // the bar leaves that out when it is closed before it was first drawn
    }

    // The library's own console finds the width of the terminal through a native library, which Java 24 and later warn about.
    private static final class Screen implements ProgressBarConsumer {
        private static final String CLEAR_LINE = "\r\u001b[K";

        private final PrintStream out;
        private final int width;
        private String shown = "";
        private boolean closed;

        Screen(PrintStream out, int width) {
            this.out = out;
            this.width = width;
        }

        @Override
        public int getMaxRenderedLength() {
            return width - 1; // a full line would wrap
        }

        @Override
        public synchronized void accept(String rendered) {
            shown = rendered;
            out.print(CLEAR_LINE + rendered);
            out.flush();
        }

        synchronized void printAbove(String text) {
            out.print(CLEAR_LINE + text + "\n" + shown);
            out.flush();
        }

        @Override
        public synchronized void clear() {
            accept("");
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                out.print("\n");
                out.flush();
            }
        }
    }
}
