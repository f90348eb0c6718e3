package org.frugaltorch.finetune.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.metrics.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagSchemeTest {
    private static List<TaggedSentence> sentences(String text) {
        return Arrays.stream(text.split("/")).map(sentence -> {
            List<String> labels = List.of(sentence.strip().split(" "));
            return new TaggedSentence(Collections.nCopies(labels.size(), "w"), labels,
                    IntStream.range(0, labels.size()).toArray());
        }).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "B-PER I-PER O / O O B-LOC,     IOB2",
        "I-PER I-PER O / B-LOC,         IOB1",
        "I-PER B-PER O,                 IOB1",
        "B-PER E-PER O / S-LOC,         BIOES",
        "O B I O,                       IOB2",
        "O O,                           PLAIN",
        "NN VB O,                       PLAIN",
        "B-PER O PER,                   PLAIN",
        "NN B-PER,                      PLAIN"})
    void isToldFromTheLabels(String labels, TagScheme scheme) {
        assertThat(TagScheme.of(sentences(labels))).isEqualTo(scheme);
    }

    @Test
    void labelsOfEntitiesAreCompleted() {
        assertThat(TagScheme.IOB2.labelsOf(sentences("B-LOC / B-PER I-PER")))
                .containsExactlyInAnyOrder("O", "B-LOC", "I-LOC", "B-PER", "I-PER");
        assertThat(TagScheme.IOB1.labelsOf(sentences("I-A O / I-B B-B"))).containsExactlyInAnyOrder(
                "O", "I-A", "B-A", "I-B", "B-B");
        assertThat(TagScheme.PLAIN.labelsOf(sentences("NN VB NN"))).containsExactlyInAnyOrder("NN", "VB");
        assertThat(TagScheme.IOB2.labelsOf(sentences("B I O"))).containsExactlyInAnyOrder("O", "B", "I");
    }

    @Test
    void metricsAreThoseOfTheScheme() {
        assertThat(TagScheme.IOB2.metric(null)).isEqualTo(Metric.ENTITY_F1);
        assertThat(TagScheme.IOB2.metric("f1")).isEqualTo(Metric.ENTITY_F1);
        assertThat(TagScheme.BIOES.metric("entity-recall")).isEqualTo(Metric.ENTITY_RECALL);
        assertThat(TagScheme.IOB1.metric("accuracy")).isEqualTo(Metric.ACCURACY);
        assertThat(TagScheme.PLAIN.metric(null)).isEqualTo(Metric.ACCURACY);
        assertThat(TagScheme.PLAIN.metric("macro_f1")).isEqualTo(Metric.MACRO_F1);
        assertThatIllegalArgumentException().isThrownBy(() -> TagScheme.PLAIN.metric("f1")).withMessage("The labels are"
                + " plain labels, which are not judged by 'f1', but by one of accuracy, macro_f1");
        assertThatIllegalArgumentException().isThrownBy(() -> TagScheme.IOB2.metric("matthews"))
                .withMessageContaining("entities in IOB2").withMessageContaining("entity_f1");
    }
}
