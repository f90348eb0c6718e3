package org.frugaltorch.finetune.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingStateNativeTest {
    @Test
    void keepsTrainedWeightsAlone(@TempDir Path folder) {
        Path checkpoint = folder.resolve("checkpoint");
        Map<String, String> settings = Map.of("method", "lora");
        try (TensorScope scope = TensorScope.open(); Parameters model = new Parameters();
                AdamW optimizer = new AdamW(List.of(), AdamW.Settings.DEFAULT)) {
            model.add("frozen", Tensors.ones(3));
            model.add("trained", Tensors.ones(2).setRequiresGrad(true));
            TrainingState.start(settings).save(checkpoint, model, optimizer);
            try (SafetensorsFile weights = SafetensorsFile.open(checkpoint.resolve("weights.safetensors"))) {
                assertThat(weights.names()).containsExactly("trained");
            }
            model.get("frozen").fillInPlace(5);
            model.get("trained").detach().fillInPlace(7);
            TrainingState.restore(checkpoint, model, optimizer, settings);
            assertThat(model.get("trained").toFloats()).containsOnly(1);
            assertThat(model.get("frozen").toFloats()).containsOnly(5);
        }
    }

    @Test
    void aRunKnowsTheWeightsItWasBegunOn() {
        try (TensorScope scope = TensorScope.open(); Parameters model = new Parameters()) {
            model.add("trained", Tensors.ones(2).setRequiresGrad(true));
            assertThat(FrozenWeights.digest(model)).isEqualTo("none");
            model.add("frozen", Tensors.randn(40, 50).to(DType.BFLOAT16));
            model.add("empty", Tensors.zeros(0));
            String digest = FrozenWeights.digest(model);
            model.get("trained").detach().fillInPlace(7);
            assertThat(FrozenWeights.digest(model)).isEqualTo(digest).isNotEqualTo("none");
            model.get("frozen").narrow(0, 39, 1).fillInPlace(5);
            assertThat(FrozenWeights.digest(model)).isNotEqualTo(digest);
        }
    }
}
