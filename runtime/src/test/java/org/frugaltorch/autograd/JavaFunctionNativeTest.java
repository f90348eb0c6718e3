package org.frugaltorch.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.bindings.LibtorchFeature;
import org.frugaltorch.bindings.NativeException;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Operator;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.GradientCheck;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Functions in Java as part of graphs: gradients, failures, lifetimes, threads. */
@ExtendWith(LiveHandles.class)
class JavaFunctionNativeTest {
    private static Tensor leaf(long... shape) {
        return Tensors.randn(shape).setRequiresGrad(true);
    }

    private static Tensor copyOf(Tensor leaf) {
        return leaf.detach().copy().setRequiresGrad(true);
    }

    private static Tensor doubles(long... shape) {
        return Tensors.randn(shape).to(DType.FLOAT64);
    }

    private static void assertSame(Tensor actual, Tensor expected) {
        assertThat(actual.toFloats()).isEqualTo(expected.toFloats());
    }

    // ---- gradients --------------------------------------------------------------------------------------------------

    @Test
    void gradientsOfInputAndParameterEqualAutogradBitForBit() {
        Tensor x = leaf(5, 3);
        Tensor w = leaf(4, 3);
        Tensor x2 = copyOf(x);
        Tensor w2 = copyOf(w);
        Tensor y = new TestFunctions.LinearWeights(w).function().apply(x.mul(x));
        Tensor y2 = Functional.linear(x2.mul(x2), w2, null);
        assertSame(y, y2);
        Backward.run(y.mul(y).sum());
        Backward.run(y2.mul(y2).sum());
        assertSame(x.grad(), x2.grad());
        assertSame(w.grad(), w2.grad());
    }

    @Test
    void parameterGradientsAddUpOverCallsAndOverPlainOperators() {
        Tensor x = leaf(5, 3);
        Tensor w = leaf(3, 3);
        Tensor x2 = copyOf(x);
        Tensor w2 = copyOf(w);
        JavaFunction linear = new TestFunctions.LinearWeights(w).function();
        for (int step = 0; step < 2; step++) {
            Backward.run(linear.apply(linear.apply(Functional.linear(x, w, null))).sum());
            Backward.run(Functional.linear(Functional.linear(Functional.linear(x2, w2, null), w2, null), w2, null).sum());
        }
        assertThat(w.grad().sub(w2.grad()).abs().amax().item()).isLessThan(1e-5);
        assertSame(x.grad(), x2.grad());
    }

    @Test
    void parametersHaveGradientsWhenTheInputNeedsNone() {
        Tensor x = Tensors.randn(5, 3);
        Tensor w = leaf(4, 3);
        Tensor w2 = copyOf(w);
        Backward.run(new TestFunctions.LinearWeights(w).function().apply(x).sum());
        Backward.run(Functional.linear(x, w2, null).sum());
        assertSame(w.grad(), w2.grad());
    }

    @Test
    void finiteDifferencesAgree() {
        JavaMultiFunction function = TestFunctions.productAndSum();
        GradientCheck.check(t -> TestFunctions.square().apply(t[0]), doubles(3, 2));
        GradientCheck.check(t -> TestFunctions.square().apply(t[0]), doubles(1));
        GradientCheck.check(t -> TestFunctions.square().apply(t[0]), doubles(1).reshape());
        GradientCheck.check(t -> {
            Tensor[] out = function.apply(t);
            return out[0].mul(out[1]);
        }, doubles(3), doubles(3), doubles(3));
        GradientCheck.check(t -> function.apply(t[0], t[0].exp(), t[1])[0].add(t[1]), doubles(3), doubles(3));
    }

    @Test
    void outputsMayBeUsedTwiceOrNotAtAll() {
        Tensor[] leaves = {leaf(3), leaf(3), leaf(3)};
        Tensor[] out = TestFunctions.productAndSum().apply(leaves);
        Backward.run(out[0].add(out[0].mul(2)).sum());
        assertSame(leaves[0].grad(), leaves[1].detach().mul(3));
        assertSame(leaves[1].grad(), leaves[0].detach().mul(3));
        assertThat(leaves[2].grad()).isNull();

        Tensor constant = Tensors.randn(3);
        Tensor c = leaf(3);
        Backward.run(TestFunctions.productAndSum().apply(constant, constant, c)[1].sum());
        assertSame(c.grad(), Tensors.ones(3));
    }

    @Test
    void inputsMayDifferInShapeAndType() {
        Tensor wide = doubles(2, 3).setRequiresGrad(true);
        Tensor narrow = leaf(4);
        JavaMultiFunction sums = new JavaMultiFunction() {
            @Override
            protected Tensor[] forward(FunctionContext context, Tensor... inputs) {
                context.save(null, inputs[1]);
                context.put("factor", 2.0);
                return new Tensor[] {inputs[0].sum().to(DType.FLOAT32).mul(inputs[1])};
            }

            @Override
            protected Tensor[] backward(FunctionContext context, Tensor... gradients) {
                assertThat(context.savedCount()).isEqualTo(2);
                assertThat(context.saved(0)).isNull();
                double factor = context.get("factor", Double.class);
                return new Tensor[] {
                    Tensors.full(factor, DType.FLOAT64, wide.device(), 2, 3), gradients[0].mul(factor)
                };
            }
        };
        Backward.run(sums.apply(wide, narrow)[0].sum());
        assertThat(wide.grad().toDoubles()).containsOnly(2.0);
        assertThat(narrow.grad().toDoubles()).containsOnly(2.0);
    }

    @Test
    void theInputItselfMayBeTheOutput() {
        JavaFunction twice = new JavaFunction() {
            @Override
            protected Tensor forward(FunctionContext context, Tensor input) {
                return input;
            }

            @Override
            protected Tensor backward(FunctionContext context, Tensor gradient) {
                return gradient.mul(2);
            }
        };
        Tensor x = leaf(3);
        Tensor y = x.mul(1);
        Backward.run(twice.apply(y).add(y).sum());
        assertThat(x.grad().toDoubles()).containsOnly(3.0);
    }

    @Test
    void nothingIsRecordedWithoutNeed() {
        try (MemoryLedger ledger = MemoryLedger.open()) {
            Tensor constant = Tensors.randn(8);
            assertThat(TestFunctions.square().apply(constant).requiresGrad()).isFalse();
            try (GradMode off = GradMode.disabled()) {
                assertThat(TestFunctions.square().apply(leaf(8)).requiresGrad()).isFalse();
            }
            assertThat(ledger.liveBytes()).isEqualTo(4 * 8 * 4);
        }
    }

    // ---- nesting ------------------------------------------------------------------------------------------------------

    @Test
    void backwardMayRecordAndRunGraphsWithFunctionsInside() {
        Tensor x = leaf(6);
        Tensor x2 = copyOf(x);
        JavaFunction inner = TestFunctions.recorded(t -> Functional.gelu(TestFunctions.square().apply(t)));
        JavaFunction outer = TestFunctions.recorded(t -> inner.apply(t.mul(3)));
        Backward.run(outer.apply(x.mul(x)).sum());
        Tensor product = x2.mul(x2).mul(3);
        Backward.run(Functional.gelu(product.mul(product)).sum());
        assertThat(x.grad().sub(x2.grad()).abs().amax().item()).isLessThan(1e-5 * x2.grad().abs().amax().item());
    }

    @Test
    void nestingMayBeDeep() {
        JavaFunction function = TestFunctions.recorded(t -> t.mul(1.0));
        for (int depth = 0; depth < 20; depth++) {
            JavaFunction inside = function;
            function = TestFunctions.recorded(inside::apply);
        }
        Tensor x = leaf(2);
        Backward.run(function.apply(x).sum());
        assertThat(x.grad().toDoubles()).containsOnly(1.0);
    }

    @Test
    void graphsMayBeInterleaved() {
        List<Tensor> leaves = new ArrayList<>();
        List<Tensor> outputs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            leaves.add(leaf(3));
            outputs.add(TestFunctions.square().apply(leaves.get(i).mul(2)));
        }
        for (int i : new int[] {3, 0, 4, 1, 2}) {
            Backward.run(outputs.get(i).sum());
        }
        for (Tensor x : leaves) {
            assertSame(x.grad(), x.detach().mul(8));
        }
    }

    // ---- failures -----------------------------------------------------------------------------------------------------

    @Test
    void whatForwardThrowsComesOutAndNothingStays() {
        RuntimeException failure = new IllegalArgumentException("no");
        long before = TensorScope.liveHandles();
        try (TensorScope scope = TensorScope.open()) {
            Tensor x = leaf(3);
            assertThatThrownBy(() -> TestFunctions.square(() -> failure, () -> null).apply(x)).isSameAs(failure);
        }
        assertThat(TensorScope.liveHandles()).isEqualTo(before);
    }

    @Test
    void whatBackwardThrowsComesOutOfThePassTheFirstFailureWins() {
        RuntimeException later = new IllegalStateException("later");
        RuntimeException first = new UnsupportedOperationException("first");
        for (long[] shape : new long[][] {{3, 2}, {1}, {}}) {
            Tensor x = leaf(shape);
            Tensor y = TestFunctions.square(() -> null, () -> later).apply(x.mul(1.0));
            Tensor z = TestFunctions.square(() -> null, () -> first).apply(y).sum();
            assertThatThrownBy(() -> Backward.run(z)).isSameAs(first);
            assertThat(x.grad()).isNull();
        }
        Tensor x = leaf(2);
        Backward.run(TestFunctions.square().apply(x).sum());
        assertSame(x.grad(), x.detach().mul(2));
    }

    /** As on the thread that libtorch runs a device's part of a graph on, which no pass is known to. */
    @Test
    void failuresOnThreadsOfLibtorchsOwnFindTheirPass() {
        for (long[] shape : new long[][] {{3, 2}, {1}, {}}) {
            RuntimeException failure = new UnsupportedOperationException("elsewhere");
            Tensor y = TestFunctions.square(() -> null, () -> failure).apply(leaf(shape)).sum();
            Throwable stopped = catchThrowable(() -> Operator.of("aten::_backward").call().tensor(y).tensors(List.of())
                    .none().none().flag(false).noResult());
            assertThat(stopped).isInstanceOf(NativeException.class);
            try (BackwardRun run = new BackwardRun()) {
                if (LibtorchFeature.ERROR_TEXT.isAvailable()) {
                    NativeException other = new NativeException("aten::_backward: something else");
                    assertThat(run.causeOf(other)).isSameAs(other);
                }
                assertThat(run.causeOf((NativeException) stopped)).isSameAs(failure);
            }
        }
    }

    @Test
    void failuresComeOutOfNestedPassesAndOfFans() {
        RuntimeException failure = new UnsupportedOperationException("inside");
        JavaFunction failing = TestFunctions.square(() -> null, () -> failure);
        JavaFunction outer = TestFunctions.recorded(t -> failing.apply(t).mul(2));
        Tensor y = outer.apply(leaf(3)).sum();
        assertThatThrownBy(() -> Backward.run(y)).isSameAs(failure);

        Tensor z = failing.apply(TestFunctions.productAndSum().apply(leaf(3), leaf(3), leaf(3))[0]).sum();
        assertThatThrownBy(() -> Backward.run(z)).isSameAs(failure);
    }

    @Test
    void gradientsOfTheWrongShapeAreNamed() {
        final class Careless extends JavaFunction {
            @Override
            protected Tensor forward(FunctionContext context, Tensor input) {
                return input.mul(2);
            }

            @Override
            protected Tensor backward(FunctionContext context, Tensor gradient) {
                return gradient.sum();
            }
        }

        Tensor y = new Careless().apply(leaf(3, 2)).sum();
        assertThatThrownBy(() -> Backward.run(y)).isInstanceOf(IllegalStateException.class)
                .hasMessage("Careless.backward returned a gradient of shape [] for input 0 of shape [3, 2]");
    }

    /** It would be a factor to differentiate by; no function in Java is made for that. */
    @Test
    void aGradientThatWantsOneItselfIsTakenAsItIs() {
        final class Double extends JavaFunction {
            @Override
            protected Tensor forward(FunctionContext context, Tensor input) {
                return input.mul(2);
            }

            @Override
            protected Tensor backward(FunctionContext context, Tensor gradient) {
                return gradient.mul(2);
            }
        }

        Tensor x = leaf(3);
        Tensor weights = leaf(3);
        Backward.run(new Double().apply(x), weights);
        assertThat(x.grad().toFloats()).isEqualTo(weights.detach().mul(2).toFloats());
    }

    // ---- lifetime -----------------------------------------------------------------------------------------------------

    @Test
    void everythingIsFreedWithAndWithoutABackwardPass() {
        long handles = TensorScope.liveHandles();
        try (MemoryLedger ledger = MemoryLedger.open()) {
            for (int i = 0; i < 1000; i++) {
                try (TensorScope scope = TensorScope.open()) {
                    Tensor w = leaf(16, 16);
                    Tensor y = new TestFunctions.LinearWeights(w).function().apply(leaf(4, 16));
                    Tensor[] z = TestFunctions.productAndSum().apply(y, y, leaf(4, 16));
                    if (i % 3 == 0) {
                        Backward.run(z[0].add(z[1]).sum());
                    } else if (i % 30 == 1) {
                        RuntimeException failure = new UnsupportedOperationException();
                        Tensor failing = TestFunctions.square(() -> null, () -> failure).apply(z[i % 2]).sum();
                        assertThatThrownBy(() -> Backward.run(failing)).isSameAs(failure);
                    }
                }
                assertThat(ledger.liveBytes()).isZero();
                assertThat(TensorScope.liveHandles()).isEqualTo(handles);
            }
            assertThat(CarrierKernels.liveCalls()).isZero();
        }
    }

    @Test
    void savedMemoryIsFreedByTheBackwardPassWhileTheOutputLives() {
        try (MemoryLedger ledger = MemoryLedger.open()) {
            Tensor x = leaf(256);
            Tensor middle = x.neg();
            Tensor y = TestFunctions.square().apply(middle);
            middle.close();
            assertThat(ledger.liveBytes()).isEqualTo(3 * 1024);
            Backward.run(y, x.detach());
            assertThat(ledger.liveBytes()).as("x, its gradient and y").isEqualTo(3 * 1024);
            x.clearGrad();
            assertThat(ledger.liveBytes()).isEqualTo(2 * 1024);
        }
    }

    @Test
    void savingAnOutputMakesNoCycle() {
        JavaFunction exponential = new JavaFunction() {
            @Override
            protected Tensor forward(FunctionContext context, Tensor input) {
                Tensor output = input.exp();
                context.save(output);
                return output;
            }

            @Override
            protected Tensor backward(FunctionContext context, Tensor gradient) {
                return gradient.mul(context.saved(0));
            }
        };
        try (MemoryLedger ledger = MemoryLedger.open()) {
            try (TensorScope scope = TensorScope.open()) {
                Tensor x = leaf(8);
                assertThat(exponential.apply(x).requiresGrad()).isTrue();
                Backward.run(exponential.apply(x).sum());
                assertSame(x.grad(), x.detach().exp());
            }
            assertThat(ledger.liveBytes()).isZero();
        }
    }
}
