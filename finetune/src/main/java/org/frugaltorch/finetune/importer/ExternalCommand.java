package org.frugaltorch.finetune.importer;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.frugaltorch.io.DataException;

/** Runs one of the user's own tools, so that mirrors, proxies and credentials are as set up there. */
final class ExternalCommand {
    private static final int KEPT_LINES = 200;

    private ExternalCommand() {
    }

    /** The name of a command that is a script on Windows. */
    static String script(String name) {
        return System.getProperty("os.name").startsWith("Windows") ? name + ".cmd" : name;
    }

    /**
     * Runs {@code command} in {@code directory} and waits for it.
     *
     * @param purpose what is being fetched, for messages
     * @throws DataException if the command is missing or fails, with the line in which it says why
     */
    static void run(List<String> command, Path directory, String purpose) {
        String tool = command.getFirst();
        Process process;
        try {
            process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
        } catch (IOException failure) {
            throw new DataException("cannot fetch " + purpose + ": the command '" + tool
                    + "' cannot be started; install it or put it on the PATH", failure);
        }
        try (BufferedReader output = process.inputReader(Charset.defaultCharset())) {
            process.getOutputStream().close();
            Deque<String> last = new ArrayDeque<>();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                last.addLast(line);
                if (last.size() > KEPT_LINES) {
                    last.removeFirst();
                }
            }
            int status = process.waitFor();
            if (status != 0) {
                throw new DataException("cannot fetch " + purpose + ": '" + String.join(" ", command) + "' ended with status "
                        + status + ": " + reason(last));
            }
        } catch (IOException failure) {
            throw new DataException("cannot fetch " + purpose + ": reading the output of '" + tool + "' failed", failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new DataException("fetching " + purpose + " was interrupted", stop);
        } finally {
            process.destroy();
        }
    }

    /** The first line that tells of an error: what follows is mostly advice about the tool itself. */
    private static String reason(Deque<String> lines) {
        return lines.stream()
                .map(String::strip)
                .filter(line -> line.contains("ERR") || line.startsWith("error"))
                .findFirst()
                .orElseGet(() -> lines.stream().filter(line -> !line.isBlank()).reduce((first, second) -> second)
                        .map(String::strip).orElse("it said nothing"));
    }
}
