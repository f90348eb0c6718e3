package org.frugaltorch.finetune.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.tokentune.TokenTune;
import org.frugaltorch.finetune.tokentune.WeightedSelection;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A whole model in four bits, and adapters on it: QLoRA. */
class QuantisationNativeTest {
    private static final Quantisation EXACT = new Quantisation(FourBitFormat.NF4, true, DType.FLOAT32);
    private static final LoraSettings SETTINGS = new LoraSettings(4, 8, TargetModules.ALL_LINEAR);

    /** The dense model has the restored matrices, so all that differs is how they are kept. */
    @ParameterizedTest
    @MethodSource("strategies")
    void adaptersOnFourBitsTrainAsOnTheRestoredMatrices(ActivationStrategy strategy) {
        try (TensorScope scope = TensorScope.open();
                SequenceClassifier quantised = Golden.classifier("bert", Pooling.MEAN);
                SequenceClassifier dense = Golden.classifier("bert", Pooling.MEAN)) {
            EXACT.apply(quantised.parameters());
            quantised.parameters().linears().forEach((layer, linear) ->
                    dense.parameters().get(layer + ".weight").detach().copyInPlace(linear.weight().toDense(DType.FLOAT32)));
            Map<String, Tensor> actual = gradients(quantised, strategy);
            Map<String, Tensor> expected = gradients(dense, strategy);
            assertThat(actual).hasSizeGreaterThan(20);
            assertThat(actual.values()).allMatch(gradient -> gradient.abs().amax().item() > 0);
            Golden.assertGradientsClose(actual, expected, 1e-5);
        }
    }

    static List<ActivationStrategy> strategies() {
        return List.of(new KeepAll(),
                new TokenTune(new WeightedSelection(new TokenShare.Ratio(0.5), TokenImportance.RANDOM)));
    }

    private static Map<String, Tensor> gradients(SequenceClassifier model, ActivationStrategy strategy) {
        Map<String, Tensor> gradients = new TreeMap<>();
        try (Golden golden = Golden.open("bert");
                LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32)) {
            adapters.add("default", SETTINGS);
            fill(model);
            Tensor logits = model.logits(adapters.under(strategy), golden.batch(), ForwardMode.train(3));
            Backward.run(Functional.crossEntropy(logits, golden.tensor("labels"), LossReduction.MEAN, -100, 0));
        }
        model.parameters().asMap().forEach((name, parameter) -> {
            if (name.contains(".lora_")) {
                gradients.put(name, parameter.grad());
            } else {
                assertThat(parameter.grad()).as(name).isNull();
            }
        });
        return gradients;
    }

    private static void fill(SequenceClassifier model) {
        Engine.seed(5);
        model.parameters().trainable().forEach(matrix -> matrix.detach().normalInPlace(0, 0.1));
    }

    @Test
    void mergingIsExplicitAndGivesADenseModel() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert");
                SequenceClassifier model = Golden.classifier("bert", Pooling.CLS);
                LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32)) {
            List<String> before = List.copyOf(model.parameters().asMap().keySet());
            EXACT.apply(model.parameters());
            adapters.add("default", new LoraSettings(4, 8, TargetModules.named("query")));
            fill(model);
            Tensor adapted = logits(model, golden);
            assertThatThrownBy(adapters::merge).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("use mergeAndUnload");
            assertThat(logits(model, golden).toFloats()).isEqualTo(adapted.toFloats());
            adapters.mergeAndUnload(DType.FLOAT32);
            Golden.assertClose("merged", logits(model, golden), adapted, 1e-5);
            assertThat(model.parameters().asMap().keySet()).containsExactlyInAnyOrderElementsOf(before);
            assertThat(model.parameters().linears().values())
                    .allMatch(linear -> linear.weight() instanceof LinearWeight.Dense);
        }
    }

    @Test
    void parametersBecomeTheTensorsOfASavedCheckpoint() {
        try (TensorScope scope = TensorScope.open();
                SequenceClassifier model = Golden.classifier("bert", Pooling.CLS)) {
            long before = model.parameters().byteSize();
            EXACT.apply(model.parameters());
            String query = "bert.encoder.layer.0.attention.self.query.weight";
            assertThat(model.parameters().asMap().keySet()).contains(query, query + ".absmax", query + ".quant_map",
                    query + ".nested_absmax", query + ".nested_quant_map", query + ".quant_state.bitsandbytes__nf4");
            assertThat(model.parameters().get(query).dtype()).isEqualTo(DType.UINT8);
            assertThat(model.parameters().get("classifier.weight").dtype()).isEqualTo(DType.FLOAT32);
            assertThat(model.parameters().byteSize()).isLessThan(before);
            EXACT.apply(model.parameters()); // does nothing more
        }
    }

    @Test
    void adaptersComeAfterQuantisation() {
        try (TensorScope scope = TensorScope.open();
                SequenceClassifier model = Golden.classifier("bert", Pooling.CLS);
                LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32)) {
            adapters.add("default", SETTINGS);
            assertThatThrownBy(() -> EXACT.apply(model.parameters())).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("before adapters");
        }
    }

    private static Tensor logits(SequenceClassifier model, Golden golden) {
        return model.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE).detach();
    }
}
