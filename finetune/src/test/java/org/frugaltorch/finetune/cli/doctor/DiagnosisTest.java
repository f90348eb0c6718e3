package org.frugaltorch.finetune.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.function.Supplier;
import org.frugaltorch.bindings.LibtorchLoadException;
import org.junit.jupiter.api.Test;

class DiagnosisTest {

    private record NamedCheck(String title, Supplier<Finding> looking) implements Check {
        @Override
        public Finding look() {
            return looking.get();
        }
    }

    private static String print(Diagnosis diagnosis) {
        StringWriter text = new StringWriter();
        diagnosis.print(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void printsValuesForPeople() {
        Finding finding = new Finding.Builder()
                .value("memory_total_bytes", 3L << 30)
                .value("features", List.of("a", "b"))
                .value("nothing", List.of())
                .value("ready", true)
                .advise("Could be better.")
                .usable();

        Diagnosis diagnosis = Diagnosis.of(List.of(new NamedCheck("Thing", () -> finding)));

        assertThat(diagnosis.isUsable()).isTrue();
        assertThat(print(diagnosis).lines()).containsExactly("Thing", "  memory total             3.0 GiB",
                "  features                 a, b", "  nothing                  none", "  ready                    yes",
                "  ! Could be better.");
    }

    @Test
    void aCheckThatThrowsIsNotUsableAndTheOthersStillRun() {
        Diagnosis diagnosis = Diagnosis.of(List.of(
                new NamedCheck("Bad", () -> {
                    throw new LibtorchLoadException("No libtorch was found.");
                }),
                new NamedCheck("Good", () -> new Finding.Builder().value("x", 1).usable())));

        assertThat(diagnosis.isUsable()).isFalse();
        assertThat(print(diagnosis)).contains("Bad: NOT USABLE", "  ! No libtorch was found.", "Good");
    }
}
