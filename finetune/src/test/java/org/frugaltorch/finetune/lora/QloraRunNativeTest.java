package org.frugaltorch.finetune.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.FunctionContext;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.lora.AdaptedLlama.Base;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.tokentune.TokenTune;
import org.frugaltorch.finetune.tokentune.WeightedSelection;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** QLoRA with TokenTune over many steps, and over a step in which something fails. */
class QloraRunNativeTest {
    private static final int STEPS = 1_000;
    private static final double DROPOUT = 0.05;

    private final int threads = Engine.threads();
    private long handles;

    @BeforeEach
    void begin() {
        Engine.setThreads(1);
        handles = TensorScope.liveHandles();
    }

    @AfterEach
    void nothingIsLeft() {
        Engine.setThreads(threads);
        assertThat(TensorScope.liveHandles()).isEqualTo(handles);
        assertThat(FunctionContext.liveContexts()).isZero();
        assertThat(TensorScope.leakedTensors()).isZero();
    }

    private static ActivationStrategy tokenTune(ActivationPolicy policy) {
        return new TokenTune(new WeightedSelection(
                new TokenShare.Ratio(0.3), TokenImportance.RANDOM, WeightedSelection.Anchors.ENDS), policy);
    }

    // ---- many steps ---------------------------------------------------------------------------------------------------

    @Test
    void aThousandStepsLeaveNothingBehind() {
        ActivationPolicy[] policies = ActivationPolicy.values();
        LanguageLoss[] losses = LanguageLoss.values();
        double first = 0;
        double last = 0;
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama");
                MemoryLedger ledger = MemoryLedger.open();
                AdaptedLlama llama = new AdaptedLlama(
                        Golden.directory("llama"), Base.FOUR_BITS, DType.BFLOAT16, AdapterPrecision.FLOAT32)) {
            llama.addAdapter(DROPOUT);
            try (AdamW optimizer = new AdamW(List.of(
                    new AdamW.Group(llama.model.parameters().trainableByName(), 0)), AdamW.Settings.DEFAULT)) {
                optimizer.prepare();
                long handlesBetween = TensorScope.liveHandles();
                long bytesBetween = ledger.liveBytes();
                for (int step = 0; step < STEPS; step++) {
                    Engine.seed(step);
                    try (TensorScope inStep = TensorScope.open()) {
                        Tensor loss = llama.loss(tokenTune(policies[step % policies.length]), golden,
                                losses[step % losses.length], step);
                        first += step < 50 ? loss.item() / 50 : 0;
                        last += step >= STEPS - 50 ? loss.item() / 50 : 0;
                        Backward.run(loss);
                    }
                    optimizer.step(1e-3);
                    llama.model.parameters().clearGrads();
                    assertThat(TensorScope.liveHandles()).as("handles after step " + step).isEqualTo(handlesBetween);
                    assertThat(FunctionContext.liveContexts()).as("contexts after step " + step).isZero();
                    assertThat(ledger.liveBytes()).as("bytes after step " + step).isEqualTo(bytesBetween);
                }
            }
        }
        assertThat(last).as("loss, after " + first + " in the beginning").isLessThan(0.9 * first);
    }

    // ---- failures -------------------------------------------------------------------------------------------------------

    /** Computes as the weight below, and throws when told to. */
    private static final class Failing implements LinearWeight {
        private final LinearWeight base;
        private Throwable failure;

        Failing(LinearWeight base) {
            this.base = base;
        }

        private void failIfToldTo() {
            switch (failure) {
                case null -> { }
                case Error error -> throw error;
                case RuntimeException unchecked -> throw unchecked;
                default -> throw new AssertionError(failure);
            }
        }

        @Override
        public Tensor apply(Tensor input, Tensor bias) {
            failIfToldTo();
            return base.apply(input, bias);
        }

        @Override
        public Tensor backward(Tensor input, Tensor bias, Tensor gradient) {
            failIfToldTo();
            return base.backward(input, bias, gradient);
        }

        @Override
        public List<Tensor> parameters() {
            return base.parameters();
        }

        @Override
        public Tensor toDense(DType type) {
            return base.toDense(type);
        }

        @Override
        public long inFeatures() {
            return base.inFeatures();
        }

        @Override
        public long outFeatures() {
            return base.outFeatures();
        }
    }

    /** Under both policies the layer runs inside a function in Java: a lean network, or a block that is recomputed. */
    static Stream<Arguments> failures() {
        return Stream.of(ActivationPolicy.LEAN, ActivationPolicy.RECOMPUTE).flatMap(policy -> Stream.of(
                        new IllegalStateException("of ours"), new OutOfMemoryError("the heap's"))
                .flatMap(failure -> Stream.of(false, true).map(inBackward -> Arguments.of(policy, failure, inBackward))));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whatFailsInsideAFunctionComesOutAsItIsAndTheProcessGoesOn(
            ActivationPolicy policy, Throwable failure, boolean inBackward) {
        ActivationStrategy strategy = tokenTune(policy);
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama");
                AdaptedLlama llama = new AdaptedLlama(
                        Golden.directory("llama"), Base.FOUR_BITS, DType.FLOAT32, AdapterPrecision.FLOAT32)) {
            llama.addAdapter(DROPOUT);
            Map<String, float[]> undisturbed = step(llama, golden, strategy);

            Linear layer = llama.model.parameters().linears().get("model.layers.0.mlp.down_proj");
            Failing failing = new Failing(layer.weight());
            layer.setWeight(failing);
            long handlesBetween = TensorScope.liveHandles();
            assertThat(catchThrowable(() -> {
                try (TensorScope inStep = TensorScope.open()) {
                    failing.failure = inBackward ? null : failure;
                    Tensor loss = llama.loss(strategy, golden, LanguageLoss.CHUNKED);
                    failing.failure = failure;
                    Backward.run(loss);
                }
            })).isSameAs(failure);
            assertThat(TensorScope.liveHandles()).isEqualTo(handlesBetween);
            assertThat(FunctionContext.liveContexts()).isZero();

            failing.failure = null;
            Map<String, float[]> afterwards = step(llama, golden, strategy);
            undisturbed.forEach((name, gradient) -> assertThat(afterwards.get(name)).as(name).isEqualTo(gradient));
        }
    }

    private static Map<String, float[]> step(AdaptedLlama llama, Golden golden, ActivationStrategy strategy) {
        llama.model.parameters().clearGrads();
        Engine.seed(7);
        try (TensorScope inStep = TensorScope.open()) {
            Backward.run(llama.loss(strategy, golden, LanguageLoss.CHUNKED));
            Map<String, float[]> gradients = new TreeMap<>();
            llama.gradients().forEach((name, gradient) -> gradients.put(name, gradient.toFloats()));
            return gradients;
        }
    }
}
