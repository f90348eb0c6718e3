package org.frugaltorch.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a map of the standard library. */
class LiveBlocksTest {
    /** Few addresses meet again and again; many make the table grow; of those a page apart many share a place. */
    @ParameterizedTest
    @ValueSource(ints = {50, 400, 20_000})
    void isAMapOfAddresses(int addresses) {
        Random random = new Random(addresses);
        LiveBlocks blocks = new LiveBlocks();
        Map<Long, Long> expected = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            long address = 0x7f00_0000_0000L + (1L + random.nextInt(addresses)) * (random.nextBoolean() ? 64 : 4096);
            if (random.nextInt(3) > 0) {
                long size = 1 + random.nextInt(1_000);
                Long before = expected.put(address, size);
                assertThat(blocks.put(address, size)).isEqualTo(before == null ? 0 : before);
            } else {
                Long before = expected.remove(address);
                assertThat(blocks.remove(address)).isEqualTo(before == null ? 0 : before);
            }
            assertThat(blocks.count()).isEqualTo(expected.size());
        }
        expected.forEach((address, size) -> assertThat(blocks.remove(address)).isEqualTo(size));
        assertThat(blocks.count()).isZero();
    }
}
