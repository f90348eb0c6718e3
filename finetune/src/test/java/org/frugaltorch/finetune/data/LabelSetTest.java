package org.frugaltorch.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;

class LabelSetTest {
    private static Examples labelled(String... labels) {
        List<TextExample> rows = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        for (String label : labels) {
            rows.add(new TextExample("t", null, label));
            lines.add(rows.size() + 1);
        }
        return new Examples(Path.of("d.csv"), rows, lines);
    }

    @Test
    void numbersTheLabelsOfTrainingInNaturalOrder() {
        LabelSet labels = LabelSet.of(labelled("10", "2", "b", "2", "1", "a10", "a9"));
        assertThat(labels.names()).containsExactly("1", "2", "10", "a9", "a10", "b");
        assertThat(labels.size()).isEqualTo(6);
        assertThat(labels.id("10")).isEqualTo(2);
        assertThat(labels.name(5)).isEqualTo("b");
        assertThat(labels.contains("c")).isFalse();
        assertThat(labels.ids(labelled("b", "1"))).containsExactly(5, 0);
        assertThat(labels).isEqualTo(LabelSet.of(labels.names()));
    }

    @Test
    void naturalOrderIsTotalAndKeepsDifferentTextsApart() {
        List<String> sorted = List.of("", "0", "00", "001", "01", "1", "2", "10", "99999999999999999999999", "a", "a1", "a1b",
                "a2", "a10", "ab");
        for (int seed = 0; seed < 50; seed++) {
            List<String> shuffled = new ArrayList<>(sorted);
            Collections.shuffle(shuffled, new Random(seed));
            shuffled.sort(LabelSet.naturalOrder());
            assertThat(shuffled).isEqualTo(sorted);
        }
    }

    @Test
    void saysWhichLabelIsUnknownAndWhere() {
        LabelSet labels = LabelSet.of(labelled("no", "yes"));
        assertThatThrownBy(() -> labels.ids(labelled("no", "maybe"))).isInstanceOf(DataException.class)
                .hasMessage("d.csv, line 3: the label 'maybe' is not known from training; known are no, yes");
        assertThatThrownBy(() -> labels.id("maybe")).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> labels.ids(labelled("no", null))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LabelSet.of(labelled("a", "a"))).isInstanceOf(DataException.class)
                .hasMessage("every example in d.csv has the label 'a'; a classifier needs at least two labels");
        assertThatThrownBy(() -> LabelSet.of(List.of("a", "a"))).isInstanceOf(IllegalArgumentException.class);
    }
}
