package org.frugaltorch.finetune.lora;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.quant.FourBitWeight;
import org.frugaltorch.finetune.quant.QuantisedMatrix;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An adapted matrix's own gradient against autograd's. */
class LoraWeightNativeTest {
    private static final int RANK = 4;
    private static final int OUT = 12;
    private static final int IN = 64;

    /** Counts how often it is gone through forward. */
    private static final class Counting implements LinearWeight {
        private final LinearWeight base;
        private int forward;

        Counting(LinearWeight base) {
            this.base = base;
        }

        @Override
        public Tensor apply(Tensor input, Tensor bias) {
            forward++;
            return base.apply(input, bias);
        }

        @Override
        public Tensor backward(Tensor input, Tensor bias, Tensor gradient) {
            return base.backward(input, bias, gradient);
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

        @Override
        public List<Tensor> parameters() {
            return base.parameters();
        }
    }

    static Stream<Arguments> cases() {
        return Stream.of(false, true).flatMap(quantised -> Stream.of(0.0, 0.3).flatMap(dropout ->
                Stream.of(false, true).flatMap(training -> Stream.of(DType.FLOAT32, DType.BFLOAT16).map(type ->
                        Arguments.of(quantised, dropout, training, type)))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theGradientIsAutogradsWithoutGoingForwardAgain(boolean quantised, double dropout, boolean training, DType type) {
        try (TensorScope scope = TensorScope.open()) {
            Engine.seed(4);
            Tensor matrix = Tensors.randn(OUT, IN).to(type);
            Tensor bias = Tensors.randn(OUT).to(type).setRequiresGrad(true);
            Counting base = new Counting(quantised
                    ? new FourBitWeight(QuantisedMatrix.quantise(matrix, FourBitFormat.NF4, true), type)
                    : new LinearWeight.Dense(matrix));
            LowRankPair pair = new LowRankPair(Tensors.randn(RANK, IN).setRequiresGrad(true),
                    Tensors.randn(OUT, RANK).setRequiresGrad(true), 0.5, dropout);
            LoraSwitch state = new LoraSwitch();
            state.compute("adapter");
            state.train(training);
            LoraWeight weight = new LoraWeight(base, state);
            weight.put("adapter", pair);
            Tensor input = Tensors.randn(2, 3, IN).to(type).setRequiresGrad(true);
            Tensor gradient = Tensors.randn(2, 3, OUT).to(type);

            Engine.seed(9);
            Backward.run(weight.apply(input, bias), gradient);
            List<Tensor> trained = List.of(pair.a(), pair.b(), bias);
            List<Tensor> expected = trained.stream().map(tensor -> tensor.grad().copy()).toList();
            trained.forEach(Tensor::clearGrad);
            assertThat(base.forward).isEqualTo(1);

            Engine.seed(9);
            Tensor byInput = weight.backward(input.detach(), bias, gradient);
            double tolerance = type == DType.FLOAT32 ? 1e-6 : 0.02;
            Golden.assertClose("input", byInput, input.grad(), tolerance);
            for (int i = 0; i < trained.size(); i++) {
                assertThat(trained.get(i).grad().dtype()).isEqualTo(trained.get(i).dtype());
                Golden.assertClose("trained tensor " + i, trained.get(i).grad(), expected.get(i), tolerance);
            }
            assertThat(base.forward).as("not once more").isEqualTo(1);

            state.compute(null);
            Golden.assertClose("without the adapter", weight.backward(input.detach(), null, gradient),
                    base.backward(input.detach(), null, gradient), tolerance);
        }
    }
}
