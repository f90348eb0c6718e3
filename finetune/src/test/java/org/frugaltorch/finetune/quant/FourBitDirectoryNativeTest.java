package org.frugaltorch.finetune.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.finetune.conversion.ModelQuantiser;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Model directories that are in four bits already, against what NumPy and Transformers make of the same files. */
class FourBitDirectoryNativeTest {
    private static final LanguageModelSettings COPIED =
            new LanguageModelSettings(Optional.empty(), Device.CPU, name -> false, false);

    @TempDir
    Path folder;

    private static CausalLanguageModel open(Path directory, LanguageModelSettings settings) {
        return ModelDirectory.open(directory).languageModel(settings);
    }

    @ParameterizedTest
    @CsvSource({"llama-nf4,true", "llama-nf4,false", "qwen2-fp4,true", "qwen2-fp4,false"})
    void logitsEqualTransformersOnTheRestoredWeights(String name, boolean mapped) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                CausalLanguageModel model = open(
                        Golden.directory(name), mapped ? LanguageModelSettings.inference() : COPIED)) {
            assertThat(model.dtype()).isEqualTo(DType.FLOAT32);
            assertThat(model.parameters().linears()).hasSizeGreaterThanOrEqualTo(14);
            model.parameters().linears().forEach((layer, linear) ->
                    assertThat(linear.weight() instanceof FourBitWeight).as(layer).isEqualTo(!layer.equals("lm_head")));
            String down = "model.layers.1.mlp.down_proj";
            assertThat(model.parameters().linears().get(down).weight().toDense(DType.FLOAT32).toFloats())
                    .isEqualTo(golden.tensor("restored").toFloats());
            assertLogits(golden, "logits", model, 1e-5);
        }
    }

    @Test
    void adaptersTrainOnItAsPeftDoesOnTheRestoredWeights() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-nf4");
                CausalLanguageModel model = open(Golden.directory("llama-nf4"), COPIED);
                LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32)) {
            adapters.load("default", Golden.directory("llama-lora"));
            assertLogits(golden, "lora.logits", model, 1e-5);
            Tensor loss = model.loss(adapters.under(new KeepAll()), golden.languageBatch(), ForwardMode.train(1));
            Golden.assertClose("loss", loss, golden.tensor("lora.loss"), 1e-5);
            Backward.run(loss);
            Map<String, Tensor> actual = new TreeMap<>();
            Map<String, Tensor> expected = new TreeMap<>();
            model.parameters().trainableByName().forEach((name, parameter) -> {
                actual.put(name, parameter.grad());
                expected.put(name, golden.tensor("lora.grad.base_model.model." + name.replace(".default.", ".")));
            });
            assertThat(actual).hasSize(20);
            Golden.assertGradientsClose(actual, expected, 1e-5);
        }
    }

    static void assertLogits(Golden golden, String name, CausalLanguageModel model, double tolerance) {
        boolean[] real = golden.flags("attention_mask");
        Tensor rows = Tensors.of(IntStream.range(0, real.length).filter(i -> real[i]).asLongStream().toArray());
        Tensor expected = golden.tensor(name);
        Tensor actual = model.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE);
        Golden.assertClose(name, actual.reshape(-1, expected.size(2)).indexSelect(0, rows),
                expected.reshape(-1, expected.size(2)).indexSelect(0, rows), tolerance);
    }

    @Test
    void matricesThemselvesCannotBeTrained() {
        assertThatThrownBy(() -> open(Golden.directory("llama-nf4"), LanguageModelSettings.training(DType.FLOAT32)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cannot be trained itself: train LoRA adapters");
    }

    @Test
    void whatIsSavedAgainIsTheSameModel() {
        Path saved = folder.resolve("saved");
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-nf4")) {
            ModelDirectory original = ModelDirectory.open(Golden.directory("llama-nf4"));
            try (CausalLanguageModel model = original.languageModel(LanguageModelSettings.inference())) {
                original.save(model, saved);
            }
            assertThat(ModelDirectory.open(saved).json().get(QuantisationConfig.FIELD))
                    .isEqualTo(original.json().get(QuantisationConfig.FIELD));
            try (CausalLanguageModel model = open(saved, COPIED)) {
                assertLogits(golden, "logits", model, 1e-5);
            }
        }
    }

    /** A configuration must not promise four bits after matrices were restored, nor hide that some were made. */
    @Test
    void configurationFollowsWhatTheWeightsAre() {
        try (TensorScope scope = TensorScope.open()) {
            ModelDirectory quantised = ModelDirectory.open(Golden.directory("llama-nf4"));
            try (CausalLanguageModel model = quantised.languageModel(COPIED);
                    LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32)) {
                adapters.load("default", Golden.directory("llama-lora"));
                assertThatThrownBy(() -> quantised.save(model, folder.resolve("no")))
                        .isInstanceOf(IllegalStateException.class).hasMessageContaining("below an adapter");
                adapters.mergeAndUnload(DType.FLOAT32);
                quantised.save(model, folder.resolve("merged"));
            }
            assertThat(ModelDirectory.open(folder.resolve("merged")).quantisation()).isEmpty();
            try (Golden golden = Golden.open("llama-nf4");
                    CausalLanguageModel merged = open(folder.resolve("merged"), LanguageModelSettings.inference())) {
                assertLogits(golden, "lora.logits", merged, 1e-5);
            }
            ModelDirectory dense = ModelDirectory.open(Golden.directory("llama"));
            Quantisation quantisation = new Quantisation(FourBitFormat.FP4, false, DType.FLOAT16);
            try (CausalLanguageModel model = dense.languageModel(COPIED, quantisation::apply)) {
                dense.save(model, folder.resolve("made"));
            }
            assertThat(ModelDirectory.open(folder.resolve("made")).quantisation())
                    .contains(new QuantisationConfig(quantisation, Optional.empty()));
        }
    }

    @Test
    void anEncoderInFourBitsPredicts() {
        Path target = folder.resolve("bert-nf4");
        Quantisation quantisation = new Quantisation(FourBitFormat.NF4, true, DType.FLOAT32);
        ModelDirectory base = ModelDirectory.open(Golden.directory("bert"));
        new ModelQuantiser(quantisation, List.of(), Long.MAX_VALUE).quantise(base, target);
        ClassifierSettings settings = new ClassifierSettings(
                List.of("a", "b", "c"), Pooling.CLS, DType.FLOAT32, Device.CPU, OptionalDouble.empty());
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert");
                SequenceClassifier onLoad = Golden.classifier("bert", Pooling.CLS);
                SequenceClassifier stored = SequenceClassifierDirectory.open(target).loadTrained(settings)) {
            quantisation.apply(onLoad.parameters());
            assertThat(stored.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE).toFloats())
                    .isEqualTo(onLoad.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE).toFloats());
            assertThat(ModelDirectory.open(target).quantisation().orElseThrow().skippedModules())
                    .contains(List.of("classifier", "cls"));
            assertThatThrownBy(() -> SequenceClassifierDirectory.open(target).load(settings))
                    .hasMessageContaining("cannot be trained itself");
        }
    }
}
