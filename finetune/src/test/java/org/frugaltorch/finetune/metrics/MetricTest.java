package org.frugaltorch.finetune.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetricTest {

    @ParameterizedTest
    @EnumSource
    void isFoundByItsName(Metric metric) {
        assertThat(Metric.named(metric.id())).isSameAs(metric);
        assertThat(Metric.named(" " + metric.id().replace('_', '-').toUpperCase(java.util.Locale.ROOT)))
                .isSameAs(metric);
    }

    @Test
    void namesAllMetricsWhenOneIsUnknown() {
        assertThatIllegalArgumentException().isThrownBy(() -> Metric.named("bleu"))
                .withMessageStartingWith("There is no metric 'bleu'; choose one of accuracy, macro_f1, f1, matthews");
    }

    @Test
    void knowsWhichValueIsBetter() {
        assertThat(Metric.ACCURACY.improves(0.6, 0.5)).isTrue();
        assertThat(Metric.ACCURACY.improves(0.5, 0.5)).isFalse();
        assertThat(Metric.LOSS.improves(0.6, 0.5)).isFalse();
        assertThat(Metric.LOSS.improves(0.4, 0.5)).isTrue();
        assertThat(Metric.LOSS.improves(Double.NaN, 0.5)).isFalse();
        assertThat(Metric.LOSS.improves(9, Double.NaN)).isTrue();
    }

    @Test
    void aSetOfSeveralAddsTheirMean() {
        MetricSet metrics = MetricSet.ofGlueTask("mrpc");

        // One true positive, one false positive, one true negative.
        assertThat(metrics.ofClasses(new int[] {1, 0, 0}, new int[] {1, 1, 0}, 2)).containsExactly(
                entry("accuracy", 2.0 / 3), entry("f1", 2.0 / 3), entry("combined", 2.0 / 3));
        assertThat(metrics.primary()).isEqualTo(Metric.COMBINED);
        assertThat(metrics.task()).isEqualTo(Metric.Task.CLASSIFICATION);
    }

    @Test
    void aSetOfOneIsItsOwnPrimary() {
        assertThat(MetricSet.ofGlueTask("CoLA").primary()).isEqualTo(Metric.MATTHEWS);
        assertThat(MetricSet.ofGlueTask("stsb").ofNumbers(new double[] {1, 2, 3}, new double[] {2, 4, 6}))
                .containsOnlyKeys("pearson", "spearman", "combined");
    }

    @Test
    void reportsAllProblemsOfASetTogether() {
        assertThatIllegalArgumentException().isThrownBy(() -> MetricSet.named("accuracy", "pearson", "pearson", "loss"))
                .withMessageContaining("[accuracy, pearson, pearson, loss]").withMessageContaining("twice")
                .withMessageContaining("mixes").withMessageContaining("'loss' is no score");
        assertThatIllegalArgumentException().isThrownBy(() -> MetricSet.ofGlueTask("squad"))
                .withMessageContaining("'squad'");
    }
}
