package org.frugaltorch.finetune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.frugaltorch.autograd.FunctionContext;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.bindings.NativeException;
import org.frugaltorch.nn.Activation;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.nn.Norm;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;

/** What a lean network does by itself; its gradients are compared as part of models. */
class LeanFeedForwardNativeTest {
    /** A device without memory, which libtorch has everywhere and whose generator we know as little as a GPU's. */
    private static final Device ELSEWHERE = new Device(14, -1);

    private static Tensor ones(Device device, long... shape) {
        return Tensors.empty(DType.FLOAT32, device, shape).fillInPlace(1);
    }

    /** A matrix whose input is dropped on the way, as by an adapter. */
    private record Dropping(LinearWeight base, double dropout) implements LinearWeight {
        @Override
        public Tensor apply(Tensor input, Tensor bias) {
            return base.apply(Functional.dropout(input, dropout), bias);
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

    private static LeanFeedForward network(Device device, double dropout) {
        LinearWeight up = new Dropping(new LinearWeight.Dense(ones(device, 6, 4)), dropout);
        return new LeanFeedForward(new Norm.RootMeanSquare(ones(device, 4), 1e-5), new FeedForward.Plain(
                new Linear(up, null), new Linear(ones(device, 4, 6), null), Activation.GELU, 0), ForwardMode.EVALUATE);
    }

    @Test
    void dropoutThatCannotBeRepeatedIsRefused() {
        try (TensorScope scope = TensorScope.open()) {
            LeanFeedForward network = network(ELSEWHERE, 0.1);
            Tensor input = ones(ELSEWHERE, 2, 4).setRequiresGrad(true);
            assertThatThrownBy(() -> network.apply(input)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot be drawn again");
            try (GradMode off = GradMode.disabled()) {
                // Nothing is to be repeated: it is libtorch that has no such kernel for this device.
                assertThatThrownBy(() -> network.apply(input)).isInstanceOf(NativeException.class);
            }
            Tensor here = ones(Device.CPU, 2, 4);
            assertThat(network(Device.CPU, 0.1).apply(here)[1].requiresGrad()).isFalse();
            assertThat(network(Device.CPU, 0.1).apply(here.setRequiresGrad(true))[1].requiresGrad()).isTrue();
        }
        assertThat(FunctionContext.liveContexts()).isZero();
    }
}
