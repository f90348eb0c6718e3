package org.frugaltorch.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LibtorchVersionTest {

    @Test
    void readsTheNumberThatLibtorchGivesAndGivesItBack() {
        LibtorchVersion version = LibtorchVersion.ofAbi(0x020d000000000000L);

        assertThat(version).isEqualTo(new LibtorchVersion(2, 13, 0)).hasToString("2.13.0");
        assertThat(LibtorchVersion.ofAbi(0xff0a030000000000L)).isEqualTo(new LibtorchVersion(255, 10, 3));
        assertThat(version.abi()).isEqualTo(0x020d000000000000L);
    }

    @Test
    void comparesNumbersAndNotText() {
        assertThat(new LibtorchVersion(2, 9, 1).isAtLeast(LibtorchVersion.OLDEST)).isFalse();
        assertThat(new LibtorchVersion(2, 10, 0).isAtLeast(LibtorchVersion.OLDEST)).isTrue();
        assertThat(new LibtorchVersion(3, 0, 0).isAtLeast(LibtorchVersion.OLDEST)).isTrue();
    }

    @Test
    void featuresFollowTheRelease() {
        assertThat(infoOf(2, 10).missingFeatures()).containsExactlyInAnyOrder(LibtorchFeature.values());
        assertThat(infoOf(2, 12).features()).containsExactly(LibtorchFeature.FROM_BLOB_DELETER);
        assertThat(infoOf(2, 13).missingFeatures()).isEmpty();
    }

    private static LibtorchInfo infoOf(int major, int minor) {
        return new LibtorchInfo(
                Path.of("/somewhere"), "test", new LibtorchVersion(major, minor, 0), Optional.empty(), false,
                Optional.empty());
    }
}
