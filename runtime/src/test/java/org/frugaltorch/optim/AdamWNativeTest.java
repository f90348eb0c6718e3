package org.frugaltorch.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.GoldenFiles;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(LiveHandles.class)
class AdamWNativeTest {
    private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.8, 0.95, 1e-6);
    private static final int STEPS = 20;

    /** The algorithm as published, for one parameter. */
    private static final class Reference {
        final double[] parameter;
        final double[] first;
        final double[] second;
        int step;

        Reference(double[] parameter) {
            this.parameter = parameter.clone();
            first = new double[parameter.length];
            second = new double[parameter.length];
        }

        void step(double[] gradient, double learningRate, double weightDecay) {
            step++;
            for (int i = 0; i < parameter.length; i++) {
                parameter[i] -= learningRate * weightDecay * parameter[i];
                first[i] = SETTINGS.beta1() * first[i] + (1 - SETTINGS.beta1()) * gradient[i];
                second[i] = SETTINGS.beta2() * second[i] + (1 - SETTINGS.beta2()) * gradient[i] * gradient[i];
                double unbiasedFirst = first[i] / (1 - Math.pow(SETTINGS.beta1(), step));
                double unbiasedSecond = second[i] / (1 - Math.pow(SETTINGS.beta2(), step));
                parameter[i] -= learningRate * unbiasedFirst / (Math.sqrt(unbiasedSecond) + SETTINGS.epsilon());
            }
        }
    }

    private static AdamW optimiser(Map<String, Tensor> parameters, double weightDecay) {
        return new AdamW(List.of(new AdamW.Group(parameters, weightDecay)), SETTINGS);
    }

    @Test
    void stepsAreThoseOfTheAlgorithm() {
        Random random = new Random(3);
        double[] start = random.doubles(9, -1, 1).toArray();
        Tensor parameter = Tensors.of(start);
        Tensor single = Tensors.of(start).to(DType.FLOAT32);
        Reference reference = new Reference(start);
        try (AdamW optimiser = optimiser(Map.of("p", parameter), 0.1); AdamW other = optimiser(Map.of("p", single), 0.1)) {
            for (int step = 0; step < STEPS; step++) {
                double[] gradient = random.doubles(start.length, -2, 2).toArray();
                double learningRate = 0.05 / (step + 1);
                parameter.setGrad(Tensors.of(gradient));
                single.setGrad(Tensors.of(gradient).to(DType.FLOAT32));
                optimiser.step(learningRate);
                other.step(learningRate);
                reference.step(gradient, learningRate, 0.1);
                assertThat(parameter.toDoubles()).containsExactly(reference.parameter, within(1e-14));
                assertThat(single.toDoubles()).containsExactly(reference.parameter, within(2e-6));
            }
            assertThat(optimiser.state().get("exp_avg.p").toDoubles()).containsExactly(reference.first, within(1e-14));
            assertThat(optimiser.state().get("exp_avg_sq.p").toDoubles()).containsExactly(reference.second, within(1e-14));
            assertThat(optimiser.byteSize()).isEqualTo(2 * parameter.byteSize());
        }
    }

    /** Two groups, changing learning rates and gradients that stay away, against {@code torch.optim.AdamW}. */
    @Test
    void stepsAreThoseOfPyTorch() {
        try (SafetensorsFile golden = SafetensorsFile.open(GoldenFiles.path("adamw.safetensors"))) {
            Map<String, Tensor> decayed = Map.of("decayed", GoldenFiles.tensor(golden, "decayed"));
            Map<String, Tensor> plain = Map.of("plain", GoldenFiles.tensor(golden, "plain"));
            Map<String, Tensor> all = new LinkedHashMap<>(decayed);
            all.putAll(plain);
            try (AdamW optimiser = new AdamW(List.of(new AdamW.Group(decayed, 0.1), new AdamW.Group(plain, 0)), SETTINGS)) {
                for (int step = 0; step < STEPS; step++) {
                    int number = step;
                    all.forEach((name, parameter) -> {
                        String gradient = "gradient." + name + "." + number;
                        parameter.clearGrad();
                        if (golden.names().contains(gradient)) {
                            parameter.setGrad(GoldenFiles.tensor(golden, gradient));
                        }
                    });
                    optimiser.step(0.01 * (step + 1));
                    all.forEach((name, parameter) -> assertThat(parameter.toDoubles()).as(name + " after step " + number)
                            .containsExactly(GoldenFiles.tensor(golden, "after." + name + "." + number).toDoubles(),
                                    within(1e-13)));
                }
            }
        }
    }

    @Test
    void parametersWithoutAGradientAreLeftAloneAndTakeNoMemory() {
        Tensor idle = Tensors.ones(3);
        Tensor busy = Tensors.ones(2);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        parameters.put("idle", idle);
        parameters.put("busy", busy);
        try (AdamW optimiser = optimiser(parameters, 0.5)) {
            optimiser.step(0.1);
            assertThat(optimiser.byteSize()).isZero();
            busy.setGrad(Tensors.ones(2));
            optimiser.step(0.1);
            assertThat(idle.toFloats()).containsExactly(1, 1, 1);
            assertThat(busy.toFloats()[0]).isLessThan(1);
            assertThat(optimiser.byteSize()).isEqualTo(2 * busy.byteSize());
        }
    }

    @Test
    void aRestoredOptimiserGoesOnExactly() {
        Tensor original = Tensors.of(new float[] {1, -2, 3});
        Tensor resumed = Tensors.zeros(3);
        float[][] gradients = {{1, 2, 3}, {-1, 0.5f, 2}, {0.25f, 4, -1}, {1, 1, 1}};
        try (AdamW first = optimiser(Map.of("p", original), 0.1); AdamW second = optimiser(Map.of("p", resumed), 0.1)) {
            for (float[] gradient : Arrays.copyOf(gradients, 2)) {
                original.setGrad(Tensors.of(gradient));
                first.step(0.1);
            }
            resumed.copyInPlace(original);
            second.restore(first.state());
            second.state().forEach((name, saved) ->
                    assertThat(saved.toDoubles()).as(name).isEqualTo(first.state().get(name).toDoubles()));
            for (float[] gradient : Arrays.copyOfRange(gradients, 2, 4)) {
                original.setGrad(Tensors.of(gradient));
                resumed.setGrad(Tensors.of(gradient));
                first.step(0.1);
                second.step(0.1);
            }
            assertThat(resumed.toFloats()).isEqualTo(original.toFloats());
            assertThat(second.state().keySet()).containsExactly("exp_avg.p", "exp_avg_sq.p", "step.p");
            assertThat(second.state().get("step.p").item()).isEqualTo(4);
        }
    }

    /** The fused kernel goes through memory without asking. */
    @Test
    void gradientsAreReadAsWhatTheyAre() {
        Tensor transposed = Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        Tensor plain = transposed.copy();
        Tensor gradient = Tensors.of(new float[] {1, 20, -3, 4, -50, 6}, 3, 2);
        try (AdamW first = optimiser(Map.of("p", transposed), 0); AdamW second = optimiser(Map.of("p", plain), 0)) {
            transposed.setGrad(gradient.transpose(0, 1));
            plain.setGrad(gradient.transpose(0, 1).contiguous());
            first.step(0.1);
            second.step(0.1);
            assertThat(transposed.toFloats()).isEqualTo(plain.toFloats());
        }
        assertThatThrownBy(() -> plain.setGrad(Tensors.ones(1))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not fit a tensor of");
        Tensor slice = Tensors.ones(4, 4).narrow(1, 0, 2).detach();
        try (AdamW optimiser = optimiser(Map.of("slice", slice), 0)) {
            assertThatThrownBy(() -> optimiser.step(0.1)).hasMessageContaining("The parameter slice has gaps");
        }
    }

    /** A head in the model's type beside adapters in float32: each as if it were alone. */
    @Test
    void parametersOfSeveralTypesShareAGroup() {
        Map<String, Tensor> mixed = new LinkedHashMap<>();
        List<DType> types = List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT32, DType.FLOAT64);
        for (int i = 0; i < types.size(); i++) {
            mixed.put("p" + i, Tensors.of(new float[] {1, -2, 3}).to(types.get(i)).add(i).detach());
        }
        Map<String, Tensor> apart = new LinkedHashMap<>();
        mixed.forEach((name, parameter) -> apart.put(name, parameter.copy()));
        try (AdamW together = optimiser(mixed, 0.1); AdamW alone = optimiser(apart, 0.1)) {
            for (int step = 0; step < 3; step++) {
                mixed.forEach((name, parameter) -> parameter.setGrad(Tensors.of(new float[] {1, 2, -3}).to(parameter.dtype())));
                apart.forEach((name, parameter) -> parameter.setGrad(Tensors.of(new float[] {1, 2, -3}).to(parameter.dtype())));
                together.step(0.1);
                apart.keySet().forEach(name -> alone.step(name, 0.1));
            }
            mixed.forEach((name, parameter) ->
                    assertThat(parameter.toDoubles()).as(name).isEqualTo(apart.get(name).toDoubles()));
            assertThat(mixed.get("p0").toFloats()).isNotEqualTo(new float[] {1, -2, 3});
        }
    }

    @Test
    void theStateOfAnotherModelIsRefused() {
        try (AdamW optimiser = optimiser(Map.of("p", Tensors.ones(3)), 0)) {
            Map<String, Tensor> wrongShape = Map.of("exp_avg.p", Tensors.ones(2), "exp_avg_sq.p", Tensors.ones(2), "step.p",
                    Tensors.scalar(1));
            assertThatThrownBy(() -> optimiser.restore(wrongShape)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The saved optimiser state of p does not fit this model");
            assertThatThrownBy(() -> optimiser.restore(Map.of("exp_avg.p", Tensors.ones(3))))
                    .hasMessageContaining("does not fit this model");
        }
    }

    @Test
    void settingsCheckThemselves() {
        assertThatThrownBy(() -> new AdamW.Settings(1, 0.9, 1e-8)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("beta1");
        assertThatThrownBy(() -> new AdamW.Settings(0.9, Double.NaN, 1e-8)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AdamW.Settings(0.9, 0.9, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static AdamW rounding(Map<String, Tensor> parameters, Rounding rounding, long seed) {
        return new AdamW(List.of(new AdamW.Group(parameters, 0.1)), SETTINGS.with(rounding), seed);
    }

    /** Steps of a thousandth of a weight, each lost to the nearest rounding, against the algorithm in float64. */
    @Test
    void stochasticRoundingKeepsSmallSteps() {
        int copies = 300_000; // more than one piece
        double[] one = {1};
        Reference reference = new Reference(one);
        Tensor stochastic = Tensors.ones(copies).to(DType.BFLOAT16);
        Tensor nearest = Tensors.ones(copies).to(DType.BFLOAT16);
        try (AdamW first = rounding(Map.of("p", stochastic), Rounding.STOCHASTIC, 1);
                AdamW second = rounding(Map.of("p", nearest), Rounding.NEAREST, 1)) {
            for (int step = 0; step < STEPS; step++) {
                double gradient = step < STEPS / 2 ? 2 : 0.25; // so that the second moment has to shrink
                for (Tensor parameter : List.of(stochastic, nearest)) {
                    parameter.setGrad(Tensors.full(gradient, DType.BFLOAT16, Device.CPU, copies));
                }
                first.step(0.001);
                second.step(0.001);
                reference.step(new double[] {gradient}, 0.001, 0.1);
                assertThat(stochastic.to(DType.FLOAT32).mean().item()).isCloseTo(reference.parameter[0], within(2e-4));
                assertThat(mean(first, "exp_avg_sq.p")).isCloseTo(reference.second[0], withinPercentage(0.1));
                assertThat(mean(first, "exp_avg.p")).isCloseTo(reference.first[0], withinPercentage(0.1));
            }
        }
        assertThat(reference.parameter[0]).isLessThan(0.99);
        assertThat(nearest.to(DType.FLOAT32).mean().item()).isEqualTo(1);
    }

    private static double mean(AdamW optimiser, String name) {
        return optimiser.state().get(name).to(DType.FLOAT32).mean().item();
    }

    @Test
    void roundingFollowsFromSeedNameAndStep() {
        Tensor start = Tensors.randn(1_000).to(DType.BFLOAT16);
        Map<String, Tensor> gradients = Map.of("p", Tensors.randn(1_000).to(DType.BFLOAT16));
        float[] once = afterTwoSteps(start, gradients, 5, false);
        assertThat(afterTwoSteps(start, gradients, 5, false)).isEqualTo(once);
        assertThat(afterTwoSteps(start, gradients, 5, true)).as("restored between the steps").isEqualTo(once);
        assertThat(afterTwoSteps(start, gradients, 6, false)).isNotEqualTo(once);
    }

    private static float[] afterTwoSteps(Tensor start, Map<String, Tensor> gradients, long seed, boolean restoring) {
        Map<String, Tensor> parameters = Map.of("p", start.copy());
        parameters.get("p").setGrad(gradients.get("p"));
        try (AdamW first = rounding(parameters, Rounding.STOCHASTIC, seed);
                AdamW second = rounding(parameters, Rounding.STOCHASTIC, seed)) {
            first.step(0.01);
            if (restoring) {
                second.restore(first.state());
            }
            (restoring ? second : first).step(0.01);
            return parameters.get("p").toFloats();
        }
    }

    /** What the kernel makes of 16-bit numbers itself. */
    @Test
    void nearestRoundingIsThatOfTheKernel() {
        Tensor parameter = Tensors.randn(1_000).to(DType.BFLOAT16);
        Tensor inFloat32 = parameter.to(DType.FLOAT32);
        Tensor gradient = Tensors.randn(1_000).to(DType.BFLOAT16);
        parameter.setGrad(gradient);
        inFloat32.setGrad(gradient.to(DType.FLOAT32));
        try (AdamW optimiser = rounding(Map.of("p", parameter), Rounding.NEAREST, 0);
                AdamW exact = rounding(Map.of("p", inFloat32), Rounding.NEAREST, 0)) {
            optimiser.step(0.01);
            exact.step(0.01);
            assertThat(parameter.toFloats()).isEqualTo(inFloat32.to(DType.BFLOAT16).toFloats());
        }
    }

    /** Updates work in place: neither all parameters at once nor one of them takes room besides its moments. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT64"})
    void aStepNeedsNoRoom(DType type) {
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        for (int i = 0; i < 4; i++) {
            Tensor parameter = Tensors.randn(1024, 256).to(type);
            parameter.setGrad(Tensors.randn(1024, 256).to(type));
            parameters.put("p" + i, parameter);
        }
        try (MemoryLedger ledger = MemoryLedger.open(); AdamW optimiser = optimiser(parameters, 0.1)) {
            optimiser.prepare();
            for (Runnable step : List.<Runnable>of(
                    () -> optimiser.step(0.01), () -> optimiser.step("p1", 0.01),
                    () -> GradientClipping.clip(parameters.values(), 1e-3))) {
                ledger.resetPeaks();
                long before = ledger.liveBytes();
                step.run();
                assertThat(ledger.peakBytes() - before).isLessThan(1024);
            }
        }
        assertThatThrownBy(() -> optimiser(parameters, 0).step("q", 0.01)).hasMessageContaining("no parameter named q");
    }
}
