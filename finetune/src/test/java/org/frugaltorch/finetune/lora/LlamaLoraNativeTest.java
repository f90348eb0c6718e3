package org.frugaltorch.finetune.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.tokentune.TokenTune;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An adapter that PEFT wrote, against what PEFT computes with it, and against TokenTune's definition. */
class LlamaLoraNativeTest {
    private static final Path ADAPTER = Golden.directory("llama-lora");

    @ParameterizedTest
    @CsvSource({"FLOAT32,1e-5", "FLOAT64,2e-7"})
    void logitsLossAndGradientsEqualPeft(DType type, double tolerance) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-lora");
                CausalLanguageModel model = Golden.languageModel("llama", type);
                LoraAdapters adapters = new LoraAdapters(model.parameters(), type)) {
            adapters.load("default", ADAPTER);
            assertLogits(golden, model, "logits", tolerance);
            Tensor loss = model.loss(adapters.under(new KeepAll()), golden.languageBatch(), ForwardMode.train(1));
            Golden.assertClose("loss", loss, golden.tensor("loss"), tolerance);
            Backward.run(loss);
            assertGradients(golden, "grad.", model, tolerance);
        }
    }

    /** PEFT stores the head itself beside adapters on it. */
    @Test
    void adaptersOnTheHeadEqualPeft() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-lora-head");
                CausalLanguageModel model = Golden.languageModel("llama", DType.FLOAT32);
                LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32)) {
            adapters.load("default", Golden.directory("llama-lora-head"));
            assertLogits(golden, model, "logits", 1e-5);
            adapters.remove("default");
            model.parameters().get("lm_head.weight").detach().select(0, 3).fillInPlace(0.5);
            assertThatThrownBy(() -> adapters.load("default", Golden.directory("llama-lora-head")))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("lm_head.base_layer.weight is not what the model has");
            assertThat(adapters.names()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32,1e-5", "FLOAT64,2e-7"})
    void mergedMatricesAndLogitsEqualPeft(DType type, double tolerance) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-lora");
                CausalLanguageModel model = Golden.languageModel("llama", type);
                LoraAdapters adapters = new LoraAdapters(model.parameters(), type)) {
            adapters.load("default", ADAPTER);
            adapters.merge();
            assertLogits(golden, model, "merged.logits", tolerance);
            for (String layer : new String[] {"mlp.down_proj", "self_attn.v_proj"}) {
                String name = "model.layers.0." + layer + ".weight";
                Golden.assertClose(name, model.parameters().get(name), golden.tensor("merged." + name), tolerance);
            }
            adapters.disable();
            try (Golden plain = Golden.open("llama")) {
                assertLogits(plain, model, "logits", tolerance);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32,1e-5", "FLOAT64,2e-7"})
    void underTokenTuneEqualsTheDefinition(DType type, double tolerance) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-tokentune");
                CausalLanguageModel model = Golden.languageModel("llama", type);
                LoraAdapters adapters = new LoraAdapters(model.parameters(), type)) {
            adapters.load("default", ADAPTER);
            boolean[] selected = golden.flags("selected");
            ActivationStrategy strategy = adapters.under(
                    new TokenTune((stack, batch, seed) -> Golden.columns(batch, selected)));
            Tensor loss = model.loss(strategy, golden.languageBatch(), ForwardMode.train(1));
            Golden.assertClose("loss", loss, golden.tensor("lora.loss"), tolerance);
            Backward.run(loss);
            assertGradients(golden, "grad.lora.", model, tolerance);
        }
    }

    /** The mapped file of a frozen model must stay as it is when an adapter is merged. */
    @Test
    void mergesIntoAModelThatLiesInItsFile() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-lora");
                CausalLanguageModel model = ModelDirectory.open(Golden.directory("llama"))
                        .languageModel(LanguageModelSettings.inference());
                LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32)) {
            adapters.load("default", ADAPTER);
            adapters.mergeAndUnload(DType.FLOAT32);
            assertLogits(golden, model, "merged.logits", 1e-5);
        }
    }

    @Test
    void writesWhatItRead(@TempDir Path directory) {
        try (TensorScope scope = TensorScope.open();
                CausalLanguageModel model = Golden.languageModel("llama", DType.FLOAT32);
                LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32)) {
            adapters.load("default", ADAPTER);
            adapters.save("default", directory.resolve("again"),
                    new AdapterOrigin("llama", AdapterOrigin.Task.CAUSAL_LM));
        }
        String weights = "adapter_model.safetensors";
        try (SafetensorsFile before = SafetensorsFile.open(ADAPTER.resolve(weights));
                SafetensorsFile after = SafetensorsFile.open(directory.resolve("again").resolve(weights))) {
            assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
            for (String name : before.names()) {
                assertThat(after.entry(name).data().mismatch(before.entry(name).data())).as(name).isEqualTo(-1);
            }
        }
    }

    private static void assertLogits(Golden golden, CausalLanguageModel model, String name, double tolerance) {
        boolean[] real = golden.flags("attention_mask");
        Tensor rows = Tensors.of(IntStream.range(0, real.length).filter(i -> real[i]).asLongStream().toArray());
        Tensor expected = golden.tensor(name);
        Tensor actual = model.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE);
        Golden.assertClose(name, actual.reshape(-1, expected.size(2)).indexSelect(0, rows),
                expected.reshape(-1, expected.size(2)).indexSelect(0, rows), tolerance);
    }

    /** Exactly the adapter's matrices have gradients. */
    private static void assertGradients(Golden golden, String prefix, CausalLanguageModel model, double tolerance) {
        Map<String, Tensor> actual = new TreeMap<>();
        Map<String, Tensor> expected = new TreeMap<>();
        model.parameters().asMap().forEach((name, parameter) -> {
            Tensor gradient = parameter.grad();
            if (name.contains(".lora_")) {
                actual.put(name, gradient);
                expected.put(name, golden.tensor(prefix + "base_model.model." + name.replace(".default.", ".")));
            } else {
                assertThat(gradient).as(name).isNull();
            }
        });
        assertThat(actual).hasSize(20);
        Golden.assertGradientsClose(actual, expected, tolerance);
    }
}
