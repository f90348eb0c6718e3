package org.frugaltorch.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.testing.GoldenFiles;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts against those of PyTorch, which {@code src/test/python/make_printing.py} writes. */
@ExtendWith(LiveHandles.class)
class TensorPrinterNativeTest {

    static Stream<Arguments> texts() throws IOException {
        Map<String, String> byName = new LinkedHashMap<>();
        for (String part : Files.readString(GoldenFiles.path("printing.txt")).split("(?m)^=== ")) {
            int end = part.indexOf('\n');
            if (end > 0) {
                byName.put(part.substring(0, end), part.substring(end + 1).stripTrailing());
            }
        }
        assertThat(byName).hasSizeGreaterThan(50);
        return byName.entrySet().stream().map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void printsLikePyTorch(String name, String expected) {
        try (SafetensorsFile file = SafetensorsFile.open(GoldenFiles.path("printing.safetensors"))) {
            Tensor tensor = GoldenFiles.tensor(file, name);
            if (name.endsWith(".grad")) {
                tensor.setRequiresGrad(true);
            }
            if (name.endsWith(".complex")) {
                tensor = Operator.of("aten::view_as_complex").call().tensor(tensor).tensorResult();
            }
            assertThat(tensor.toString()).isEqualTo(expected);
        }
    }

    @Test
    void showsWhatIsNotALeafToo() {
        Tensor weight = Tensors.ones(1).setRequiresGrad(true);
        assertThat(weight.mul(2)).hasToString("tensor([2.], requires_grad=True)");
    }

    @Test
    void saysWhenATensorWasReleased() {
        Tensor tensor = Tensors.ones(1);
        tensor.close();
        assertThat(tensor).hasToString("tensor(released)");
    }
}
