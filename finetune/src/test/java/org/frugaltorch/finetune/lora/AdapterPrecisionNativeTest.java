package org.frugaltorch.finetune.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.lora.AdaptedLlama.Base;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Adapters in float32 on a model in bfloat16, against the same training in float32 throughout. */
class AdapterPrecisionNativeTest {
    private static final int STEPS = 30;
    /** About a tenth of the distance between neighbours in bfloat16 at most of the adapter's numbers. */
    private static final double LEARNING_RATE = 2e-5;

    private final int threads = Engine.threads();

    @BeforeEach
    void useOneThread() {
        Engine.setThreads(1);
    }

    @AfterEach
    void restoreThreads() {
        Engine.setThreads(threads);
    }

    /** How far every number of the adapter has gone in a few small steps. */
    private static Map<String, Tensor> moved(DType type, AdapterPrecision precision) {
        Map<String, Tensor> moved = new TreeMap<>();
        try (Golden golden = Golden.open("llama");
                AdaptedLlama llama = new AdaptedLlama(Golden.directory("llama"), Base.DENSE, type, precision)) {
            llama.addAdapter(0);
            Map<String, Tensor> trained = llama.model.parameters().trainableByName();
            // Numbers that bfloat16 has, so that all begin alike.
            trained.values().forEach(matrix -> matrix.detach().copyInPlace(matrix.detach().to(DType.BFLOAT16)));
            Map<String, Tensor> start = new TreeMap<>();
            trained.forEach((name, matrix) -> start.put(name, matrix.detach().to(DType.FLOAT64)));
            try (AdamW optimizer = new AdamW(List.of(new AdamW.Group(trained, 0)), AdamW.Settings.DEFAULT)) {
                for (int step = 0; step < STEPS; step++) {
                    try (TensorScope inStep = TensorScope.open()) {
                        Backward.run(llama.loss(new KeepAll(), golden, LanguageLoss.PLAIN));
                    }
                    optimizer.step(LEARNING_RATE);
                    llama.model.parameters().clearGrads();
                }
            }
            trained.forEach((name, matrix) -> moved.put(name, matrix.detach().to(DType.FLOAT64).sub(start.get(name))));
        }
        return moved;
    }

    /** Length of the differences over the length of what is expected, over all matrices. */
    private static double relativeError(Map<String, Tensor> actual, Map<String, Tensor> expected) {
        double differences = 0;
        double whole = 0;
        for (Map.Entry<String, Tensor> entry : expected.entrySet()) {
            differences += Math.pow(actual.get(entry.getKey()).sub(entry.getValue()).norm().item(), 2);
            whole += Math.pow(entry.getValue().norm().item(), 2);
        }
        return Math.sqrt(differences / whole);
    }

    @Test
    void smallStepsAreKeptInFloat32AndLostInTheModelsType() {
        try (TensorScope scope = TensorScope.open()) {
            Map<String, Tensor> reference = moved(DType.FLOAT32, AdapterPrecision.FLOAT32);
            double masters = relativeError(moved(DType.BFLOAT16, AdapterPrecision.FLOAT32), reference);
            double narrow = relativeError(moved(DType.BFLOAT16, AdapterPrecision.MODEL), reference);
            assertThat(masters).isLessThan(0.15);
            assertThat(narrow).isGreaterThan(4 * masters);
        }
    }

    /** The model computes in bfloat16, so gradients are as exact as that allows, and no more is lost on their way. */
    @ParameterizedTest
    @EnumSource(AdapterPrecision.class)
    void gradientsAreThoseOfFloat32UpToTheModelsType(AdapterPrecision precision) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama");
                AdaptedLlama exact = new AdaptedLlama(
                        Golden.directory("llama"), Base.DENSE, DType.FLOAT32, AdapterPrecision.FLOAT32);
                AdaptedLlama narrow = new AdaptedLlama(
                        Golden.directory("llama"), Base.DENSE, DType.BFLOAT16, precision)) {
            for (AdaptedLlama llama : List.of(exact, narrow)) {
                llama.addAdapter(0);
                Backward.run(llama.loss(new KeepAll(), golden, LanguageLoss.PLAIN));
            }
            assertThat(relativeError(narrow.gradients(), exact.gradients())).isLessThan(0.1);
            narrow.gradients().values().forEach(gradient -> assertThat(gradient.dtype())
                    .isEqualTo(precision == AdapterPrecision.FLOAT32 ? DType.FLOAT32 : DType.BFLOAT16));
            Tensor logits = narrow.model.logits(narrow.adapters.under(new KeepAll()), golden.batch(),
                    ForwardMode.EVALUATE);
            assertThat(logits.dtype()).isEqualTo(DType.BFLOAT16);
        }
    }

    /** As PEFT writes them with and without autocast_adapter_dtype; its modules to save keep the model's type. */
    @ParameterizedTest
    @CsvSource({
        "DENSE,BFLOAT16,FLOAT32,FLOAT32", "DENSE,BFLOAT16,MODEL,BFLOAT16", "DENSE,FLOAT32,FLOAT32,FLOAT32",
        "DENSE,FLOAT64,FLOAT32,FLOAT64", "DENSE,FLOAT32,MODEL,FLOAT32", "FOUR_BITS,BFLOAT16,FLOAT32,FLOAT32",
        "FOUR_BITS,BFLOAT16,MODEL,FLOAT32"
    })
    void savedInTheTypeTheyAreIn(
            Base base, DType type, AdapterPrecision precision, DType expected, @TempDir Path folder) {
        Path saved = folder.resolve("adapter");
        try (TensorScope scope = TensorScope.open();
                AdaptedLlama llama = new AdaptedLlama(Golden.directory("llama"), base, type, precision)) {
            llama.adapters.add("default", new LoraSettings(
                    4, 8, 0, TargetModules.named("q_proj"), false, LoraBias.NONE, List.of("lm_head")));
            Engine.seed(2);
            llama.model.parameters().trainable().forEach(matrix -> matrix.detach().normalInPlace(0, 0.1));
            llama.adapters.save("default", saved, new AdapterOrigin("llama", AdapterOrigin.Task.CAUSAL_LM));
            try (SafetensorsFile file = SafetensorsFile.open(saved.resolve("adapter_model.safetensors"))) {
                assertThat(file.names()).hasSize(5);
                for (String name : file.names()) {
                    assertThat(file.entry(name).dtype()).as(name).isEqualTo(name.contains("lm_head") ? type : expected);
                }
            }
            for (AdapterPrecision other : AdapterPrecision.values()) {
                try (AdaptedLlama again = new AdaptedLlama(Golden.directory("llama"), base, type, other)) {
                    again.adapters.load("default", saved);
                    Tensor matrix = again.model.parameters().get("model.layers.0.self_attn.q_proj.lora_A.default.weight");
                    assertThat(matrix.dtype()).isEqualTo(other.over(base == Base.DENSE ? type : DType.UINT8));
                    Tensor first = llama.model.parameters().get("model.layers.0.self_attn.q_proj.lora_A.default.weight");
                    Golden.assertClose("read as " + other, matrix.to(DType.FLOAT64), first.to(DType.FLOAT64), 0.005);
                }
            }
        }
    }

    @Test
    void areReadByName() {
        assertThat(AdapterPrecision.named("model")).isSameAs(AdapterPrecision.MODEL);
        assertThatThrownBy(() -> AdapterPrecision.named("bf16"))
                .hasMessage("Unknown type of adapters 'bf16': known are [float32, model]");
    }
}
