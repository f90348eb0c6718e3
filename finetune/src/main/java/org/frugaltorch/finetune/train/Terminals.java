package org.frugaltorch.finetune.train;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What can be found out about the terminal without native code. */
final class Terminals {
    private static final int DEFAULT_WIDTH = 80;
    private static final int NARROWEST = 40;

    private Terminals() {}

    /** Whether someone is likely to watch the standard error stream: it is a terminal that can redraw a line. */
    static boolean isStandardErrorInteractive() {
        if ("dumb".equals(System.getenv("TERM")) || System.getenv("CI") != null) {
            return false;
        }
        Path errorStream = Path.of("/proc/self/fd/2");
        try {
            String target = Files.readSymbolicLink(errorStream).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException notLinux) {
            Console console = System.console();
            return console != null && console.isTerminal();
        }
    }

    /** Columns of the terminal. */
    static int width() {
        Integer columns = parse(System.getenv("COLUMNS"));
        if (columns == null) {
            columns = askTerminal();
        }
        return columns == null ? DEFAULT_WIDTH : Math.max(NARROWEST, columns);
    }

    private static Integer askTerminal() {
        try {
            Process process = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(1, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return null;
            }
            String[] rowsAndColumns = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip().split(" ");
            return rowsAndColumns.length == 2 ? parse(rowsAndColumns[1]) : null;
        } catch (IOException noTerminal) {
            return null;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private static Integer parse(String number) {
        try {
            int value = number == null ? 0 : Integer.parseInt(number.strip());
            return value > 0 ? value : null;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }
}
