package org.frugaltorch.finetune.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.frugaltorch.finetune.measure.MeasuredJson;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.DataException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The option {@code --json FILE} of every command that measures something: mix it in and hand it the result, a record or a
 * map.
 */
public final class JsonOption {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    private Path file;

    /** An option that was not given yet; picocli sets it. */
    public JsonOption() {}

    // Checked while parsing, so that nobody waits for a measurement whose result then has no place.
    @Option(names = "--json", paramLabel = "FILE",
            description = "Also write the measured values to this file, as JSON. Missing folders are created.")
    void setFile(Path file) {
        Path target = file.toAbsolutePath().normalize();
        if (Files.isDirectory(target)) {
            throw new ParameterException(command.commandLine(),
                    "--json needs the name of a file, but " + file + " is a folder.");
        }
        Path folder = target.getParent();
        while (!Files.exists(folder)) {
            folder = folder.getParent();
        }
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new ParameterException(command.commandLine(),
                    "--json cannot write " + file + ", because " + folder + " is not a writable folder.");
        }
        this.file = file;
    }

    /** Whether the option was given. */
    public boolean isRequested() {
        return file != null;
    }

    /**
     * Writes the result, in one piece or not at all; does nothing if the option was not given.
     *
     * @param result a record, bean or map of measured values; NaN and infinities become {@code null}
     * @throws DataException if the file cannot be written
     */
    public void write(Object result) {
        if (file != null) {
            AtomicFiles.writeString(file, MeasuredJson.indented(result));
        }
    }
}
