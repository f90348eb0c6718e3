package org.frugaltorch.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatcherTest {
    private static List<Encoding> encodings(int count) {
        Random random = new Random(3);
        return IntStream.range(0, count).mapToObj(index -> {
            int[] ids = new int[1 + random.nextInt(60)];
            Arrays.fill(ids, index + 10);
            int[] types = new int[ids.length];
            types[ids.length - 1] = 1;
            return new Encoding(ids, types);
        }).toList();
    }

    private static List<Batch> batches(Batcher batcher, int epoch) {
        List<Batch> batches = new ArrayList<>();
        batcher.epoch(epoch).forEach(batches::add);
        return batches;
    }

    private static List<Integer> order(List<Batch> batches) {
        return batches.stream().flatMap(batch -> IntStream.of(batch.examples()).boxed()).toList();
    }

    private static double padding(List<Batch> batches) {
        double tokens = batches.stream().mapToLong(batch -> batch.tokens().tokenCount()).sum();
        return 1 - tokens / batches.stream().mapToLong(batch -> batch.tokens().inputIds().length).sum();
    }

    @Test
    void padsToTheLongestOfTheBatch() {
        List<Encoding> encodings = List.of(new Encoding(new int[] {5, 6, 7}, new int[] {0, 1, 1}),
                new Encoding(new int[] {8}, new int[] {0}), new Encoding(new int[] {9, 9}, new int[] {0, 0}));
        List<Batch> batches = batches(new Batcher(new TextInputs(encodings), new BatchSettings(2, false, 0, 0, 4, 0)), 0);
        assertThat(batches).hasSize(2);
        Batch first = batches.getFirst();
        assertThat(first.rows()).isEqualTo(2);
        assertThat(first.width()).isEqualTo(3);
        assertThat(first.tokens().inputIds()).containsExactly(5, 6, 7, 8, 4, 4);
        assertThat(first.tokens().valid()).containsExactly(true, true, true, true, false, false);
        assertThat(first.tokens().tokenTypeIds()).containsExactly(0, 1, 1, 0, 0, 0);
        assertThat(first.examples()).containsExactly(0, 1);
        assertThat(first.tokens().tokenCount()).isEqualTo(4);
        assertThat(batches.get(1).tokens().inputIds()).containsExactly(9, 9);
        assertThat(batches.get(1).rows()).isEqualTo(1);
    }

    @Test
    void padsToAFixedWidth() {
        List<Encoding> encodings = encodings(10);
        Batcher batcher = new Batcher(new TextInputs(encodings), BatchSettings.training(4, 1, 0).withFixedWidth(64));
        assertThat(batches(batcher, 0)).allMatch(batch -> batch.width() == 64 && batch.tokens().inputIds().length == batch.rows() * 64);
        assertThatThrownBy(() -> new Batcher(new TextInputs(encodings), BatchSettings.evaluation(4, 0).withFixedWidth(5)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("more than the fixed width of 5");
    }

    @Test
    void everyExampleOccursOnceWhateverTheSettings() {
        List<Encoding> encodings = encodings(103);
        for (boolean shuffle : new boolean[] {false, true}) {
            for (int window : new int[] {0, 1, 3, 50, Integer.MAX_VALUE}) {
                Batcher batcher = new Batcher(new TextInputs(encodings), new BatchSettings(8, shuffle, 7, window, 0, 0));
                List<Batch> batches = batches(batcher, 2);
                assertThat(batches).hasSize(13).hasSize(batcher.batches());
                assertThat(order(batches)).hasSize(103).doesNotHaveDuplicates();
                for (Batch batch : batches) {
                    for (int row = 0; row < batch.rows(); row++) {
                        int[] ids = encodings.get(batch.examples()[row]).ids();
                        assertThat(Arrays.stream(batch.tokens().inputIds(), row * batch.width(), row * batch.width() + ids.length)
                                .mapToInt(Math::toIntExact).toArray()).isEqualTo(ids);
                    }
                }
            }
        }
    }

    @Test
    void theOrderDependsOnSeedAndEpochOnly() {
        List<Encoding> encodings = encodings(200);
        Batcher batcher = new Batcher(new TextInputs(encodings), BatchSettings.training(8, 1, 0));
        List<Integer> order = order(batches(batcher, 1));
        assertThat(order(batches(new Batcher(new TextInputs(encodings), BatchSettings.training(8, 1, 0)), 1))).isEqualTo(order);
        assertThat(order(batches(batcher, 2))).isNotEqualTo(order);
        assertThat(order(batches(new Batcher(new TextInputs(encodings), BatchSettings.training(8, 2, 0)), 1))).isNotEqualTo(order);
        Batcher inOrder = new Batcher(new TextInputs(encodings), new BatchSettings(8, false, 1, 0, 0, 0));
        assertThat(order(batches(inOrder, 5))).isEqualTo(IntStream.range(0, 200).boxed().toList());
    }

    @Test
    void anEpochCanBeginInItsMiddle() {
        Batcher batcher = new Batcher(new TextInputs(encodings(100)), BatchSettings.training(8, 1, 0));
        List<Batch> rest = new ArrayList<>();
        batcher.epoch(3, 4).forEach(rest::add);
        List<Batch> whole = batches(batcher, 3);
        assertThat(order(rest)).isEqualTo(order(whole.subList(4, whole.size())));
        assertThat(batcher.epoch(3, batcher.batches())).isEmpty();
    }

    @Test
    void bucketingSparesMostPaddingAndStillShufflesBatches() {
        List<Encoding> encodings = encodings(2000);
        List<Batch> plain = batches(new Batcher(new TextInputs(encodings), new BatchSettings(8, true, 1, 0, 0, 0)), 0);
        List<Batch> bucketed = batches(new Batcher(new TextInputs(encodings), BatchSettings.training(8, 1, 0)), 0);
        assertThat(padding(plain)).isGreaterThan(0.35);
        assertThat(padding(bucketed)).isLessThan(0.05);
        int rises = 0;
        for (int batch = 1; batch < bucketed.size(); batch++) {
            rises += bucketed.get(batch).width() > bucketed.get(batch - 1).width() ? 1 : 0;
        }
        assertThat(rises).as("widths go up and down").isBetween(bucketed.size() / 3, bucketed.size() * 2 / 3);
    }

    @Test
    void reportsAllBadSettingsTogether() {
        assertThatThrownBy(() -> new BatchSettings(0, true, 0, -1, -2, -3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("batch size").hasMessageContaining("bucket window")
                .hasMessageContaining("padding id").hasMessageContaining("fixed width");
        assertThatThrownBy(() -> new Encoding(new int[2], new int[1])).isInstanceOf(IllegalArgumentException.class);
        assertThat(new Batcher(new TextInputs(List.of()), BatchSettings.training(2, 0, 0)).epoch(0)).isEmpty();
    }
}
