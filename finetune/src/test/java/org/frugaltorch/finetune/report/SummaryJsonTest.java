package org.frugaltorch.finetune.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SummaryJsonTest {
    private static final RunSummary FULL = new RunSummary("full", 0.91, 0.9, 400L << 20, 200L << 20, 80L << 20,
            80L << 20, 160L << 20, 1000.5, 61.25, Map.of("forward", 300L << 20), Map.of("matthews", 0.81),
            Map.of("learningRate", "2e-5"));
    private static final RunSummary TOKENTUNE = new RunSummary("tokentune-0.25", 0.9, Double.NaN, 220L << 20, -1, -1,
            -1, -1, Double.NaN, 50, null, null, null);

    @TempDir
    Path folder;

    @Test
    void isOneObjectWithOneObjectAMethod() {
        assertThat(SummaryJson.text(List.of(FULL, TOKENTUNE))).isEqualTo("""
                {
                  "full" : {
                    "accuracy" : 0.91,
                    "macroF1" : 0.9,
                    "peakBytes" : 419430400,
                    "savedActivationBytes" : 209715200,
                    "tokensPerSecond" : 1000.5,
                    "seconds" : 61.25,
                    "weightBytes" : 83886080,
                    "gradientBytes" : 83886080,
                    "optimizerBytes" : 167772160,
                    "phasePeakBytes" : {
                      "forward" : 314572800
                    },
                    "metrics" : {
                      "matthews" : 0.81
                    },
                    "settings" : {
                      "learningRate" : "2e-5"
                    }
                  },
                  "tokentune-0.25" : {
                    "accuracy" : 0.9,
                    "macroF1" : null,
                    "peakBytes" : 230686720,
                    "savedActivationBytes" : -1,
                    "tokensPerSecond" : null,
                    "seconds" : 50.0,
                    "weightBytes" : -1,
                    "gradientBytes" : -1,
                    "optimizerBytes" : -1,
                    "phasePeakBytes" : { },
                    "metrics" : { },
                    "settings" : { }
                  }
                }
                """);
    }

    @Test
    void readsBackWhatWasWritten() {
        Path file = folder.resolve("out/summary.json");
        SummaryJson.write(file, List.of(FULL, TOKENTUNE));

        assertThat(SummaryJson.read(file)).containsExactly(FULL, TOKENTUNE);
    }

    @Test
    void addsOrReplacesOneMethod() {
        Path file = folder.resolve("summary.json");
        SummaryJson.put(file, new RunSummary("full", 0.1, 0.1, 1, 1, 1, 1, 1, 1, 1, null, null, null));
        SummaryJson.put(file, TOKENTUNE);
        SummaryJson.put(file, FULL);

        assertThat(SummaryJson.read(file)).containsExactly(FULL, TOKENTUNE);
    }

    @Test
    void readsFiguresThatSomeoneElseWrote() throws IOException {
        Path file = Files.writeString(folder.resolve("summary.json"), "{\"full\":{\"accuracy\":1,\"note\":\"x\"}}");

        RunSummary read = SummaryJson.read(file).getFirst();

        assertThat(read.accuracy()).isEqualTo(1);
        assertThat(read.macroF1()).isNaN();
        assertThat(read.peakBytes()).isEqualTo(-1);
        assertThat(read.settings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"full\":7}", "{\"full\":null}", "{\"full\":{\"accuracy\":\"high\"}}", "{\"full\":{"})
    void saysWhichFileIsDamaged(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("summary.json"), content);

        assertThatExceptionOfType(DataException.class).isThrownBy(() -> SummaryJson.read(file))
                .withMessageContaining("summary.json: it is not a summary of runs");
    }

    @Test
    void rejectsTwoResultsOfOneName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SummaryJson.write(folder.resolve("s.json"), List.of(FULL, FULL)))
                .withMessageContaining("'full'");
        assertThat(folder).isEmptyDirectory();
    }
}
