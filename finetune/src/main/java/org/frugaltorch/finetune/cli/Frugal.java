package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.ServiceLoader;
import org.frugaltorch.finetune.cli.doctor.DoctorCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code frugal}: what it can do is the list of its subcommands. */
@Command(name = "frugal", mixinStandardHelpOptions = true, versionProvider = FrugalVersion.class,
        description = "Fine-tunes transformers with little memory, in plain Java on libtorch.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "From a folder with the sources, `frugal bench` measures all of it; see `frugal bench --help`."})
public final class Frugal implements Runnable {

    /** Exit code of a command that failed. */
    static final int FAILED = 1;
    static final int MEANINGLESS = 2;

    /** Every subcommand; each is made anew for every run. */
    private static final List<Class<?>> SUBCOMMANDS = List.of(
            QuickstartCommand.class, ImportCommand.class, ClassifyCommand.class, TagCommand.class,
            ImageClassifyCommand.class, PredictCommand.class, PretrainCommand.class, FinetuneCommand.class,
            GenerateCommand.class, EvaluateCommand.class, GlueCommand.class, QuantizeCommand.class, MergeCommand.class,
            MemoryCommand.class, DoctorCommand.class);

    @Spec
    private CommandSpec spec;

    @Option(names = "--stacktrace", scope = ScopeType.INHERIT,
            description = "On failure, also print where in the program it happened (so does FRUGAL_DEBUG=1).")
    private boolean stackTrace;

    /** The command without arguments yet; picocli sets them. */
    public Frugal() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    /**
     * Runs one command.
     *
     * @return its exit code: 0 when it succeeded, 1 when it failed, 2 when its arguments make no sense
     */
    static int execute(PrintWriter out, PrintWriter err, String... arguments) {
        Frugal frugal = new Frugal();
        CommandLine commandLine = new CommandLine(frugal);
        SUBCOMMANDS.forEach(commandLine::addSubcommand);
        ServiceLoader.load(Subcommand.class).forEach(commandLine::addSubcommand);
        commandLine.getSubcommands().values().forEach(GroupedHelp::install);
        Complaints complaints =
                new Complaints(err, () -> frugal.stackTrace || "1".equals(System.getenv("FRUGAL_DEBUG")));
        commandLine.setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((e, given) -> complaints.aboutArguments(e))
                .setExecutionExceptionHandler((e, line, parsed) -> complaints.aboutFailure(e));
        try {
            return commandLine.execute(arguments);
        } catch (Error e) {
            // The library hands over exceptions only; a class that failed to start or a full heap comes this way.
            return complaints.aboutFailure(e);
        } finally {
            out.flush();
            err.flush();
        }
    }

    /** @param arguments the command line */
    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true);
        PrintWriter err = new PrintWriter(System.err, true);
        System.exit(execute(out, err, arguments));
    }
}
