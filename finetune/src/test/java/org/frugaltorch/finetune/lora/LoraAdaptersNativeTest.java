package org.frugaltorch.finetune.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
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
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold of adapters on any model, tried on BERT. */
class LoraAdaptersNativeTest {
    private static final LoraSettings ON_ALL = new LoraSettings(4, 8, TargetModules.ALL_LINEAR);

    @Test
    void newAdapterChangesNothingAndADisabledOneLeavesTheModelExactlyAsItWas() {
        try (Model m = new Model(DType.FLOAT32)) {
            float[] before = m.logits();
            m.adapters.add("first", ON_ALL);
            assertThat(m.logits()).isEqualTo(before);
            m.fill("first", 0.1);
            float[] adapted = m.logits();
            assertThat(adapted).isNotEqualTo(before);
            m.adapters.disable();
            assertThat(m.logits()).isEqualTo(before);
            m.adapters.activate("first");
            assertThat(m.logits()).isEqualTo(adapted);
            m.adapters.remove("first");
            assertThat(m.logits()).isEqualTo(before);
            assertThat(m.model.parameters().asMap().keySet()).noneMatch(name -> name.contains("lora"));
        }
    }

    @Test
    void mergedEqualsUnmerged() {
        try (Model m = new Model(DType.FLOAT32)) {
            m.adapters.add("first", ON_ALL);
            m.fill("first", 0.1);
            Tensor adapted = m.logitTensor();
            m.adapters.merge();
            assertThat(m.adapters.isMerged()).isTrue();
            Golden.assertClose("merged", m.logitTensor(), adapted, 1e-5);
            m.adapters.unmerge();
            Golden.assertClose("unmerged", m.logitTensor(), adapted, 1e-5);
            m.adapters.merge();
            m.adapters.mergeAndUnload(DType.FLOAT32);
            Golden.assertClose("unloaded", m.logitTensor(), adapted, 1e-5);
            assertThat(m.model.parameters().linears().values())
                    .allMatch(linear -> linear.weight() instanceof org.frugaltorch.nn.LinearWeight.Dense);
            assertThat(m.adapters.names()).isEmpty();
        }
    }

    @Test
    void disablingUnmerges() {
        try (Model m = new Model(DType.FLOAT64)) {
            Tensor before = m.logitTensor();
            m.adapters.add("first", ON_ALL);
            m.fill("first", 0.1);
            m.adapters.merge();
            m.adapters.disable();
            Golden.assertClose("disabled", m.logitTensor(), before, 1e-12);
        }
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void gradientReachesEveryMatrixAndNothingElse(ActivationStrategy strategy) {
        try (Model m = new Model(DType.FLOAT32)) {
            m.adapters.add("first", ON_ALL);
            m.fill("first", 0.1);
            m.backward(m.adapters.under(strategy));
            m.model.parameters().asMap().forEach((name, parameter) -> {
                Tensor gradient = parameter.grad();
                if (name.contains(".lora_")) {
                    assertThat(gradient).as(name).isNotNull();
                    assertThat(gradient.abs().amax().item()).as("gradient of " + name).isGreaterThan(0);
                } else {
                    assertThat(gradient).as(name).isNull();
                }
            });
        }
    }

    static List<ActivationStrategy> strategies() {
        return List.of(new KeepAll(),
                new TokenTune(new WeightedSelection(new TokenShare.Ratio(0.5), TokenImportance.RANDOM)));
    }

    /** With W = W0 + s B A, the chain rule gives dB = s dW A^T and dA = s B^T dW. */
    @ParameterizedTest
    @MethodSource("strategies")
    void gradientsFollowFromThoseOfTheMergedMatrix(ActivationStrategy strategy) {
        Map<String, Tensor> expected = new TreeMap<>();
        Map<String, Tensor> actual = new TreeMap<>();
        try (Model adapted = new Model(DType.FLOAT64);
                Model merged = new Model(DType.FLOAT64)) {
            for (Model m : List.of(adapted, merged)) {
                m.adapters.add("first", ON_ALL);
                m.fill("first", 0.1);
            }
            merged.adapters.merge();
            merged.model.parameters().linears().keySet().forEach(
                    layer -> merged.model.parameters().get(layer + ".weight").setRequiresGrad(true));
            adapted.backward(adapted.adapters.under(strategy));
            merged.backward(merged.adapters.under(strategy));
            adapted.model.parameters().asMap().forEach((name, parameter) -> {
                if (name.endsWith(".lora_A.first.weight")) {
                    String layer = name.substring(0, name.indexOf(".lora_A"));
                    Tensor b = adapted.model.parameters().get(layer + ".lora_B.first.weight");
                    Tensor whole = merged.model.parameters().get(layer + ".weight").grad();
                    actual.put(layer + " A", parameter.grad());
                    actual.put(layer + " B", b.grad());
                    expected.put(layer + " A", b.detach().transpose(0, 1).matmul(whole).mul(ON_ALL.scale()));
                    expected.put(layer + " B", whole.matmul(parameter.detach().transpose(0, 1)).mul(ON_ALL.scale()));
                }
            });
            assertThat(actual).hasSizeGreaterThan(10);
            Golden.assertGradientsClose(actual, expected, 1e-10);
        }
    }

    @Test
    void severalAdaptersKeepApart() {
        try (Model m = new Model(DType.FLOAT32)) {
            float[] base = m.logits();
            m.adapters.add("first", ON_ALL);
            m.fill("first", 0.1);
            float[] first = m.logits();
            m.adapters.add("second", new LoraSettings(2, 4, TargetModules.named("query", "value")));
            assertThat(m.logits()).as("the second begins as the model").isEqualTo(base);
            m.fill("second", 0.3);
            float[] second = m.logits();
            assertThat(second).isNotEqualTo(first);
            m.adapters.activate("first");
            assertThat(m.logits()).isEqualTo(first);
            assertThat(m.model.parameters().trainable())
                    .containsExactlyInAnyOrderElementsOf(m.matrices("first"));
            m.adapters.remove("first");
            m.adapters.activate("second");
            assertThat(m.logits()).isEqualTo(second);
        }
    }

    @ParameterizedTest
    @EnumSource(LoraBias.class)
    void adaptersHaveTheirOwnBiasesAndSavedModules(LoraBias bias) {
        try (Model m = new Model(DType.FLOAT32)) {
            float[] base = m.logits();
            LoraSettings settings = new LoraSettings(
                    2, 4, 0, TargetModules.named("query"), false, bias, List.of("classifier"));
            m.adapters.add("first", settings);
            List<String> trained = new ArrayList<>();
            m.model.parameters().asMap().forEach((name, parameter) -> {
                if (parameter.requiresGrad() && !name.contains(".lora_")) {
                    trained.add(name);
                    parameter.detach().normalInPlace(0, 1);
                }
            });
            float[] own = m.logits();
            long biases = trained.stream().filter(n -> n.endsWith(".bias") && !n.startsWith("classifier")).count();
            long queries = trained.stream().filter(n -> n.endsWith("query.bias")).count();
            assertThat(trained).contains("classifier.weight", "classifier.bias");
            switch (bias) {
                case NONE -> assertThat(biases).isZero();
                case LORA_ONLY -> assertThat(biases).isPositive().isEqualTo(queries);
                case ALL -> assertThat(biases).isGreaterThan(queries).isGreaterThan(0);
            }
            m.adapters.disable();
            assertThat(m.logits()).isEqualTo(base);
            m.adapters.activate("first");
            assertThat(m.logits()).isEqualTo(own);
        }
    }

    @Test
    void dropoutActsInTrainingAlone() {
        try (Model m = new Model(DType.FLOAT32)) {
            m.adapters.add("first",
                    new LoraSettings(4, 8, 0.5, TargetModules.ALL_LINEAR, false, LoraBias.NONE, List.of()));
            m.fill("first", 0.1);
            ActivationStrategy strategy = m.adapters.under(new KeepAll());
            float[] evaluated = m.logits(strategy, ForwardMode.EVALUATE).toFloats();
            assertThat(m.logits(strategy, ForwardMode.train(1)).toFloats()).isNotEqualTo(evaluated);
            assertThat(m.logits(strategy, ForwardMode.EVALUATE).toFloats()).isEqualTo(evaluated);
        }
    }

    @Test
    void wideAdaptersOnANarrowModelComputeInItsType() {
        try (Model m = new Model(DType.BFLOAT16, DType.FLOAT32)) {
            m.adapters.add("first", ON_ALL);
            m.fill("first", 0.1);
            assertThat(m.logitTensor().dtype()).isEqualTo(DType.BFLOAT16);
            m.backward(new KeepAll());
            assertThat(m.matrices("first")).allMatch(matrix -> matrix.dtype() == DType.FLOAT32)
                    .allMatch(matrix -> matrix.grad().dtype() == DType.FLOAT32);
        }
    }

    @Test
    void matricesBeginAsPeftDrawsThem() {
        try (Model m = new Model(DType.FLOAT32)) {
            m.adapters.add("first", new LoraSettings(64, 8, TargetModules.named("intermediate.dense")));
            String layer = "bert.encoder.layer.0.intermediate.dense";
            Tensor a = m.model.parameters().get(layer + ".lora_A.first.weight");
            double bound = 1 / Math.sqrt(a.size(1));
            assertThat(a.abs().amax().item()).isBetween(0.9 * bound, bound);
            assertThat(a.mean().item()).isBetween(-0.1 * bound, 0.1 * bound);
            assertThat(m.model.parameters().get(layer + ".lora_B.first.weight").abs().amax().item()).isZero();
        }
    }

    @Test
    void saysWhatDoesNotFit() {
        try (Model m = new Model(DType.FLOAT32)) {
            assertThatThrownBy(() -> m.adapters.add("first", new LoraSettings(4, 8, TargetModules.named("query", "q_proj"))))
                    .hasMessageContaining("No linear layer is called q_proj; this model has query, key, value, dense");
            assertThatThrownBy(() -> m.adapters.add("first", new LoraSettings(4, 8, new TargetModules.Expression("x.*"))))
                    .hasMessageContaining("match no linear layer");
            assertThatThrownBy(() -> m.adapters.add("first",
                    new LoraSettings(4, 8, 0, TargetModules.ALL_LINEAR, false, LoraBias.NONE, List.of("score"))))
                    .hasMessageContaining("no module score");
            assertThatThrownBy(() -> m.adapters.activate("none")).hasMessageContaining("no adapter 'none'");
            assertThatThrownBy(() -> m.adapters.add("a.b", ON_ALL)).hasMessageContaining("no name for a new adapter");
            assertThatThrownBy(m.adapters::merge).hasMessageContaining("No adapter is active");
            assertThat(m.logits()).hasSize(m.logits().length);
        }
    }

    @Test
    void releasesEverything() {
        long before = TensorScope.liveHandles();
        try (Model m = new Model(DType.FLOAT32)) {
            m.adapters.add("first", new LoraSettings(
                    4, 8, 0, TargetModules.named("query"), false, LoraBias.ALL, List.of("classifier")));
            m.backward(m.adapters.under(new KeepAll()));
            m.adapters.merge();
            m.adapters.disable();
        }
        assertThat(TensorScope.liveHandles()).isEqualTo(before);
    }

    /** The tiny BERT with its inputs. */
    static final class Model implements AutoCloseable {
        final TensorScope scope = TensorScope.open();
        final Golden golden = Golden.open("bert");
        final SequenceClassifier model;
        final LoraAdapters adapters;

        Model(DType type) {
            this(type, type);
        }

        Model(DType type, DType adapterType) {
            Engine.seed(1);
            model = Golden.classifier("bert", Pooling.CLS, type);
            adapters = new LoraAdapters(model.parameters(), adapterType);
        }

        List<Tensor> matrices(String adapter) {
            List<Tensor> matrices = new ArrayList<>();
            model.parameters().asMap().forEach((name, parameter) -> {
                if (name.contains(".lora_") && name.endsWith("." + adapter + ".weight")) {
                    matrices.add(parameter);
                }
            });
            return matrices;
        }

        /** As if trained: no matrix is zero. */
        void fill(String adapter, double deviation) {
            Engine.seed(2);
            matrices(adapter).forEach(matrix -> matrix.detach().normalInPlace(0, deviation));
        }

        Tensor logits(ActivationStrategy strategy, ForwardMode mode) {
            return model.logits(strategy, golden.batch(), mode).detach();
        }

        Tensor logitTensor() {
            return logits(new KeepAll(), ForwardMode.EVALUATE);
        }

        float[] logits() {
            return logitTensor().toFloats();
        }

        void backward(ActivationStrategy strategy) {
            try (TensorScope step = TensorScope.open()) {
                Tensor logits = model.logits(strategy, golden.batch(), ForwardMode.train(1));
                Backward.run(Functional.crossEntropy(logits, golden.tensor("labels"), LossReduction.MEAN, -100, 0));
            }
        }

        @Override
        public void close() {
            adapters.close();
            model.close();
            golden.close();
            scope.close();
        }
    }
}
