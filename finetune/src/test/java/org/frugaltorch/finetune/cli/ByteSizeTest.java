package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({"5GB, 5000000000", "2GiB, 2147483648", "1.5 MB, 1500000", "10kb, 10000", "7, 7", "8B, 8",
        "1TiB, 1099511627776"})
    void readsNumbersWithUnits(String text, long bytes) {
        assertThat(new ByteSize.Converter().convert(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GB", "five GB", "-1GB", "0", "0.2B", "5 PB", "5GBit", "99999999999TB", "5IB"})
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> new ByteSize.Converter().convert(text)).isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "' is no size");
    }
}
