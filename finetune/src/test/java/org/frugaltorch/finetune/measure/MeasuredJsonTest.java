package org.frugaltorch.finetune.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasuredJsonTest {
    record Measured(String name, double loss, Double boxed, long bytes, Map<String, Double> metrics) {}

    @Test
    void writesWhatIsNotFiniteAsNull() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("f1", Double.POSITIVE_INFINITY);
        metrics.put("accuracy", 0.25);

        assertThat(MeasuredJson.line(new Measured("a", Double.NaN, Double.NaN, 7, metrics))).isEqualTo(
                "{\"name\":\"a\",\"loss\":null,\"boxed\":null,\"bytes\":7,\"metrics\":{\"f1\":null,\"accuracy\":0.25}}");
    }

    @Test
    void readsNullAndMissingNumbersAsNotMeasured() {
        Measured read = MeasuredJson.read("{\"loss\":null,\"metrics\":{\"f1\":null},\"later\":1}", Measured.class);

        assertThat(read.loss()).isNaN();
        assertThat(read.boxed()).isNaN();
        assertThat(read.metrics().get("f1")).isNaN();
        assertThat(read.bytes()).isEqualTo(Units.UNKNOWN);
    }

    @Test
    void keepsEveryDigit() {
        Measured value = new Measured("x", Math.PI, Double.MIN_VALUE, Long.MAX_VALUE, Map.of("m", -1.0 / 3));

        assertThat(MeasuredJson.read(MeasuredJson.indented(value), Measured.class)).isEqualTo(value);
    }

    @Test
    void indentsForPeople() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("model", Path.of("/models/tiny"));
        value.put("shape", Arrays.asList(1, 2, Double.NaN));
        value.put("kind", List.of());

        assertThat(MeasuredJson.indented(value)).isEqualTo("""
                {
                  "model" : "/models/tiny",
                  "shape" : [ 1, 2, null ],
                  "kind" : [ ]
                }
                """);
    }

    @Test
    void saysWhereTheTextIsWrong() {
        assertThatIllegalArgumentException().isThrownBy(() -> MeasuredJson.read("{\n\"loss\": x}", Measured.class))
                .withMessageContaining("(line 2, column ");
        assertThatIllegalArgumentException().isThrownBy(() -> MeasuredJson.read("{} {}", Measured.class));
    }
}
