package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class FrugalTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Frugal.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    @Test
    void tellsItsVersion() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString().strip()).matches("frugal \\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    void helpNamesEveryCommand() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("import", "doctor");
    }

    @Test
    void noCommandIsAUsageError() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("Which command?", "Run `frugal --help`");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aMistypedCommandIsCorrected() {
        assertThat(run("docter")).isEqualTo(2);
        assertThat(err.toString()).contains("did you mean doctor?", "Run `frugal --help`");
    }

    @Test
    void aMistypedOptionIsCorrected() {
        assertThat(run("doctor", "--jsn=x")).isEqualTo(2);
        assertThat(err.toString()).contains("--jsn", "did you mean --json?", "Run `frugal doctor --help`");
        assertThat(err.toString().strip().lines()).hasSize(2);
    }

    @Test
    void anOptionUnlikeAnyGetsNoSuggestion() {
        assertThat(run("doctor", "--completely-different")).isEqualTo(2);
        assertThat(err.toString()).contains("--completely-different").doesNotContain("did you mean");
    }
}
