package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.frugaltorch.finetune.text.NearestWord;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The one place where what went wrong becomes a sentence for the user and an exit code. */
final class Complaints {

    private final PrintWriter err;
    private final BooleanSupplier withStackTrace;

    Complaints(PrintWriter err, BooleanSupplier withStackTrace) {
        this.err = err;
        this.withStackTrace = withStackTrace;
    }

    /** A command failed while running. */
    int aboutFailure(Throwable failure) {
        err.println("frugal: " + FailureSentence.of(failure));
        if (withStackTrace.getAsBoolean()) {
            failure.printStackTrace(err);
        } else if (FailureSentence.isUnexpected(failure)) {
            err.println("Run it again with --stacktrace to see where, and please report it.");
        }
        return FailureSentence.isAboutSettings(failure) ? Frugal.MEANINGLESS : Frugal.FAILED;
    }

    /** The arguments make no sense. */
    int aboutArguments(ParameterException e) {
        CommandLine command = e.getCommandLine();
        String hint = suggestion(e);
        err.println("frugal: " + e.getMessage() + hint);
        err.println("Run `" + command.getCommandSpec().qualifiedName() + " --help` for what it takes.");
        if (withStackTrace.getAsBoolean()) {
            e.printStackTrace(err);
        }
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String suggestion(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched) || unmatched.getUnmatched().isEmpty()) {
            return "";
        }
        CommandLine command = e.getCommandLine();
        String wrong = unmatched.getUnmatched().getFirst().replaceFirst("=.*", "");
        List<String> known = wrong.startsWith("-")
                ? List.copyOf(command.getCommandSpec().optionsMap().keySet())
                : List.copyOf(command.getSubcommands().keySet());
        return NearestWord.to(wrong, known).map(word -> "; did you mean " + word + "?").orElse("");
    }
}
