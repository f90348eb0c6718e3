package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.frugaltorch.bindings.LibtorchLoadException;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;

class ComplaintsTest {

    private static String complain(Throwable failure, boolean withStackTrace) {
        StringWriter text = new StringWriter();
        int exitCode = new Complaints(new PrintWriter(text), () -> withStackTrace).aboutFailure(failure);
        assertThat(exitCode).isEqualTo(failure instanceof IllegalArgumentException && failure.getMessage() != null ? 2 : 1);
        return text.toString();
    }

    @Test
    void ourOwnFailuresAreTheirOneSentence() {
        assertThat(complain(new DataException("The table has no column label."), false))
                .isEqualTo("frugal: The table has no column label." + System.lineSeparator());
        assertThat(complain(new IllegalArgumentException("The rate must be positive."), false))
                .isEqualTo("frugal: The rate must be positive." + System.lineSeparator());
        assertThat(complain(new IllegalArgumentException(), false)).contains("in the program itself");
    }

    @Test
    void wrappersAreTakenOff() {
        Throwable libtorch = new ExceptionInInitializerError(new LibtorchLoadException("No libtorch was found."));
        assertThat(complain(libtorch, false)).isEqualTo("frugal: No libtorch was found." + System.lineSeparator());

        Throwable missing = new UncheckedIOException(new NoSuchFileException("data.tsv"));
        assertThat(complain(missing, false)).isEqualTo("frugal: There is no file or folder data.tsv." + System.lineSeparator());
        assertThat(complain(new AccessDeniedException("secret"), false)).contains("No permission to read or write secret.");
    }

    @Test
    void aDefectOfOursSaysSoAndHowToSeeMore() {
        assertThat(complain(new NullPointerException("no weight"), false))
                .contains("An error in the program itself, NullPointerException: no weight", "--stacktrace")
                .doesNotContain("\tat ");
        assertThat(complain(new IllegalStateException(), false)).contains("in the program itself, IllegalStateException.");
    }

    @Test
    void aFullHeapNamesTheSetting() {
        assertThat(complain(new OutOfMemoryError("Java heap space"), false)).contains("FRUGAL_JAVA_OPTIONS=-Xmx");
    }

    @Test
    void theStackTraceComesWhenAskedFor() {
        assertThat(complain(new DataException("Broken."), true)).startsWith("frugal: Broken.").contains("\tat ", "ComplaintsTest");
    }
}
