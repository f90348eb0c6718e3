package org.frugaltorch.finetune.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.tensor.DType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A thousand random cases each, scored by scikit-learn and SciPy; constant labels and predictions among them. */
class GoldenScoresTest {
    private static final int CASES = 1000;
    private static final Offset<Double> CLOSE = within(1e-12);

    private static SafetensorsFile golden;

    @BeforeAll
    static void open() {
        golden = SafetensorsFile.open(Golden.directory("metrics").resolve("golden.safetensors"));
    }

    @AfterAll
    static void close() {
        golden.close();
    }

    private static double[] values(String name) {
        SafetensorsFile.Entry entry = golden.entry(name);
        ByteBuffer bytes = entry.data().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[(int) (entry.data().byteSize() / entry.dtype().byteSize())];
        Arrays.setAll(values, i -> entry.dtype() == DType.INT32 ? bytes.getInt()
                : entry.dtype() == DType.FLOAT32 ? bytes.getFloat() : bytes.getDouble());
        return values;
    }

    /** One case of values that lie one after the other. */
    private static double[] part(double[] all, double[] offsets, int index) {
        return Arrays.copyOfRange(all, (int) offsets[index], (int) offsets[index + 1]);
    }

    private static int[] classes(double... values) {
        return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
    }

    @Test
    void classificationEqualsScikitLearn() {
        double[] offsets = values("classification.offsets");
        double[] labels = values("classification.labels");
        double[] predictions = values("classification.predictions");
        double[] numClasses = values("classification.classes");
        double[] accuracy = values("accuracy");
        double[] macro = values("f1.macro");
        double[] matthews = values("matthews");
        double[] binary = values("f1.binary");
        int binaryCases = 0;
        for (int i = 0; i < CASES; i++) {
            ClassificationScores scores = ClassificationScores.of(classes(part(labels, offsets, i)),
                    classes(part(predictions, offsets, i)), (int) numClasses[i]);
            assertThat(scores.accuracy()).as("accuracy of case %d", i).isCloseTo(accuracy[i], CLOSE);
            assertThat(scores.macroF1()).as("macro F1 of case %d", i).isCloseTo(macro[i], CLOSE);
            assertThat(scores.matthews()).as("Matthews correlation of case %d", i).isCloseTo(matthews[i], CLOSE);
            if (numClasses[i] == 2) {
                assertThat(scores.f1()).as("F1 of case %d", i).isCloseTo(binary[binaryCases++], CLOSE);
            }
        }
        assertThat(binaryCases).isEqualTo(binary.length).isPositive();
    }

    @Test
    void correlationsEqualScipy() {
        double[] offsets = values("regression.offsets");
        double[] labels = values("regression.labels");
        double[] predictions = values("regression.predictions");
        double[] pearson = values("pearson");
        double[] spearman = values("spearman");
        int undefined = 0;
        for (int i = 0; i < CASES; i++) {
            RegressionScores scores =
                    RegressionScores.of(part(labels, offsets, i), part(predictions, offsets, i));
            undefined += Double.isNaN(pearson[i]) ? 1 : 0;
            same(scores.pearson(), pearson[i], "Pearson correlation of case " + i);
            same(scores.spearman(), spearman[i], "Spearman correlation of case " + i);
        }
        assertThat(undefined).isPositive();
    }

    private static void same(double actual, double expected, String what) {
        if (Double.isNaN(expected)) {
            assertThat(actual).as(what).isNaN();
        } else {
            assertThat(actual).as(what).isCloseTo(expected, CLOSE);
        }
    }
}
