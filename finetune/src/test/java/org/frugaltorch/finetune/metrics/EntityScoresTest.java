package org.frugaltorch.finetune.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.frugaltorch.finetune.metrics.EntityScores.Counts;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.io.SafetensorsFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entities and their scores, against seqeval and by hand. */
class EntityScoresTest {
    private static final Offset<Double> EXACT = within(1e-12);

    private static List<String> tags(String text) {
        return List.of(text.strip().split("\\s+"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "B-A I-A O B-A B-A       | A0-1 A3-3 A4-4",
        "I-A I-A B-A I-B O       | A0-1 A2-2 B3-3",
        "O O                     | ''",
        "S-A B-A E-A O E-A       | A0-0 A1-2 A4-4",
        "E-A E-A S-A I-A E-A     | A0-0 A1-1 A2-2 A3-4",
        "B-A E-B I-B             | A0-0 B1-1 B2-2",
        "B I O I                 | _0-1 _3-3",
        "B-A-B I-A-B I-A         | A-B0-1 A2-2"})
    void marksEntitiesAlsoAgainstTheScheme(String tags, String expected) {
        String found = String.join(" ", Entity.of(tags(tags)).stream()
                .map(entity -> entity.type() + entity.first() + "-" + entity.last()).toList());
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void scoresByHand() {
        List<List<String>> expected = List.of(tags("B-PER I-PER O B-LOC O"), tags("B-LOC O"));
        List<List<String>> predicted = List.of(tags("B-PER I-PER O B-PER O"), tags("B-LOC I-LOC"));

        EntityScores scores = EntityScores.of(expected, predicted);

        assertThat(scores.all()).isEqualTo(new Counts(3, 3, 1));
        assertThat(scores.byType()).containsOnlyKeys("LOC", "PER");
        assertThat(scores.byType().get("LOC")).isEqualTo(new Counts(2, 1, 0));
        assertThat(scores.byType().get("PER")).isEqualTo(new Counts(1, 2, 1));
        assertThat(scores.accuracy()).isEqualTo(5.0 / 7);
        assertThat(scores.value(Metric.ENTITY_F1)).isCloseTo(1.0 / 3, EXACT);
        assertThat(scores.byType().get("PER").f1()).isCloseTo(2.0 / 3, EXACT);
        assertThatIllegalArgumentException().isThrownBy(() -> scores.value(Metric.LOSS))
                .withMessageContaining("'loss'");
    }

    @Test
    void whereNothingIsExpectedOrFoundScoresAreZero() {
        EntityScores scores = EntityScores.of(List.of(tags("O O")), List.of(tags("O O")));
        assertThat(List.of(scores.all().precision(), scores.all().recall(), scores.all().f1())).containsOnly(0.0);
        assertThat(scores.accuracy()).isEqualTo(1);
    }

    @Test
    void anEntityDoesNotGoOnInTheNextSentence() {
        List<List<String>> two = List.of(tags("O I-PER"), tags("I-PER O"));
        assertThat(EntityScores.of(two, two).all()).isEqualTo(new Counts(2, 2, 2));
    }

    @Test
    void refusesSentencesThatDoNotMatch() {
        assertThatIllegalArgumentException().isThrownBy(() -> EntityScores.of(List.of(tags("O")), List.of()))
                .withMessageContaining("1 sentences are expected, but 0 predicted");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EntityScores.of(List.of(tags("O")), List.of(tags("O O"))))
                .withMessageContaining("A sentence of 1 words has 2 predicted tags");
        assertThatIllegalArgumentException().isThrownBy(() -> EntityScores.of(List.of(), List.of()))
                .withMessageContaining("no words");
    }

    /** 1,500 cases, a part of them with E and S, without types, and all of them with tags that break their scheme. */
    @Test
    void equalsSeqeval() throws IOException {
        Path directory = Golden.directory("entities");
        List<String> names = Files.readAllLines(directory.resolve("tags.txt"));
        try (SafetensorsFile golden = SafetensorsFile.open(directory.resolve("golden.safetensors"))) {
            ByteBuffer sentences = bytes(golden, "cases");
            ByteBuffer lengths = bytes(golden, "lengths");
            ByteBuffer expectedTags = bytes(golden, "expected");
            ByteBuffer predictedTags = bytes(golden, "predicted");
            ByteBuffer counts = bytes(golden, "counts");
            ByteBuffer values = bytes(golden, "scores");
            int cases = 0;
            while (sentences.hasRemaining()) {
                List<List<String>> expected = new ArrayList<>();
                List<List<String>> predicted = new ArrayList<>();
                for (int left = sentences.getInt(); left > 0; left--) {
                    int length = lengths.getInt();
                    expected.add(read(expectedTags, length, names));
                    predicted.add(read(predictedTags, length, names));
                }
                EntityScores scores = EntityScores.of(expected, predicted);
                String what = expected + " as " + predicted;
                assertThat(scores.all()).as(what)
                        .isEqualTo(new Counts(counts.getInt(), counts.getInt(), counts.getInt()));
                for (Metric metric : List.of(
                        Metric.ACCURACY, Metric.ENTITY_PRECISION, Metric.ENTITY_RECALL, Metric.ENTITY_F1)) {
                    assertThat(scores.value(metric)).as(metric + " of " + what).isCloseTo(values.getDouble(), EXACT);
                }
                cases++;
            }
            assertThat(cases).isEqualTo(1500);
            assertThat(expectedTags.hasRemaining() || predictedTags.hasRemaining() || values.hasRemaining()).isFalse();
        }
    }

    private static ByteBuffer bytes(SafetensorsFile golden, String name) {
        return golden.entry(name).data().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static List<String> read(ByteBuffer tags, int length, List<String> names) {
        List<String> read = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            read.add(names.get(tags.get()));
        }
        return read;
    }
}
