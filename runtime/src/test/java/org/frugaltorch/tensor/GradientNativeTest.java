package org.frugaltorch.tensor;

import java.util.function.Function;
import java.util.stream.Stream;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.testing.GradientCheck;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every differentiable operator against finite differences in float64. */
@ExtendWith(LiveHandles.class)
class GradientNativeTest {
    private static final long[] MATRIX = {3, 4};

    static Stream<Arguments> operators() {
        return Stream.of(
                one("neg", Tensor::neg), one("abs", t -> t.sub(3).abs()), one("exp", Tensor::exp), one("log", Tensor::log),
                one("sqrt", Tensor::sqrt), one("rsqrt", Tensor::rsqrt), one("sin", Tensor::sin), one("cos", Tensor::cos),
                one("tanh", Tensor::tanh), one("sigmoid", Tensor::sigmoid), one("pow", t -> t.pow(2.5)),
                one("add number", t -> t.add(2)), one("mul number", t -> t.mul(2.5)), one("div number", t -> t.div(3)),
                two("add", Tensor::add), two("sub", Tensor::sub), two("mul", Tensor::mul), two("div", Tensor::div),
                two("add with factor", (a, b) -> a.add(b, -0.7)),
                two("maximum", Tensor::maximum), two("minimum", Tensor::minimum),
                inputs("add broadcast", t -> t[0].add(t[1]), MATRIX, new long[] {4}),
                inputs("mul broadcast", t -> t[0].mul(t[1]), MATRIX, new long[] {3, 1}),
                inputs("sub 0-dim", t -> t[0].sub(t[1]), MATRIX, new long[0]),
                inputs("matmul", t -> t[0].matmul(t[1]), new long[] {2, 3, 4}, new long[] {4, 2}),
                one("mul in place", t -> t.mul(1).mulInPlace(3).mulInPlace(t)),

                one("sum", Tensor::sum), one("sum of dimension", t -> t.sum(1, false)), one("mean", Tensor::mean),
                one("mean of dimension", t -> t.mean(-2, true)), one("amax", Tensor::amax), one("amin", Tensor::amin),
                one("amax of dimension", t -> t.amax(1, true)), one("norm", Tensor::norm),
                one("cumsum", t -> t.cumsum(0)), one("topk", t -> t.topk(2, 1)[0]), one("sort", t -> t.sort(1, true)[0]),

                one("view", t -> t.view(2, -1).exp()), one("reshape", t -> t.transpose(0, 1).reshape(6, 2).exp()),
                one("permute", t -> t.permute(1, 0).exp()), one("unsqueeze", t -> t.unsqueeze(1).exp()),
                one("squeeze", t -> t.unsqueeze(0).squeeze(0).exp()),
                one("expand", t -> t.unsqueeze(0).expand(2, -1, -1).exp()),
                one("contiguous", t -> t.transpose(0, 1).contiguous().exp()), one("narrow", t -> t.narrow(1, 1, 2).exp()),
                one("select", t -> t.select(0, 2).exp()), one("split", t -> t.split(1, 1, 3)[1].exp()),
                one("copy", t -> t.copy().exp()),
                two("cat", (a, b) -> Tensors.cat(1, a, b).exp()), two("stack", (a, b) -> Tensors.stack(1, a, b).exp()),

                one("index select", t -> t.indexSelect(0, indices(2, 0, 2))),
                one("gather", t -> t.gather(1, indices(3, 1, 0, 0, 2, 1).reshape(3, 2))),
                two("scatter", (a, b) -> a.scatter(1, indices(1, 0, 3).reshape(3, 1), b.narrow(1, 0, 1))),
                one("masked select", t -> t.maskedSelect(mask())), one("masked fill", t -> t.maskedFill(mask(), -2)),
                two("choose", (a, b) -> mask().choose(a, b)), one("tril", t -> t.tril(1)), one("triu", t -> t.triu(0)),

                inputs("linear", t -> Functional.linear(t[0], t[1], t[2]), new long[] {2, 3, 4}, new long[] {5, 4},
                        new long[] {5}),
                inputs("linear without bias", t -> Functional.linear(t[0], t[1], null), MATRIX, new long[] {5, 4}),
                one("embedding", t -> Functional.embedding(t, indices(1, 2, 1))),
                inputs("layer norm", t -> Functional.layerNorm(t[0], t[1], t[2], 1e-5), MATRIX, new long[] {4}, new long[] {4}),
                inputs("rms norm", t -> Functional.rmsNorm(t[0], t[1], 1e-6), MATRIX, new long[] {4}),
                one("gelu", Functional::gelu), one("gelu by tanh", Functional::geluTanh), one("silu", Functional::silu),
                one("relu", t -> Functional.relu(t.sub(1.234))), one("softmax", t -> Functional.softmax(t, 0)),
                one("log softmax", t -> Functional.logSoftmax(t, 1)), one("dropout", GradientNativeTest::seededDropout),
                two("mean squared error", Functional::meanSquaredError),
                one("cross-entropy", t -> Functional.crossEntropy(t, indices(3, -100, 0), Functional.LossReduction.MEAN,
                        -100, 0)),
                one("smoothed cross-entropy", t -> Functional.crossEntropy(t, indices(3, 1, 0),
                        Functional.LossReduction.NONE, -100, 0.1)),
                attention("attention", null, false), attention("causal attention", null, true),
                attention("masked attention", new double[] {0, -1, 2, 0, 1, 0.5, -3, 0, 0}, false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operators")
    void gradientsAreThoseOfFiniteDifferences(String name, Function<Tensor[], Tensor> operator, long[][] shapes) {
        Tensor[] inputs = new Tensor[shapes.length];
        for (int i = 0; i < shapes.length; i++) {
            inputs[i] = positive(shapes[i], 3 + i);
        }
        GradientCheck.check(operator, inputs);
    }

    /** Numbers between 0.3 and 2.7, no two of them near each other: logarithms and maxima are smooth there. */
    private static Tensor positive(long[] shape, int factor) {
        int count = 1;
        for (long length : shape) {
            count *= (int) length;
        }
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = 0.3 + 2.4 * ((i * 7 + factor * 5) % 37) / 37 + 0.001 * factor;
        }
        return Tensors.of(values).reshape(shape);
    }

    private static Tensor indices(long... values) {
        return Tensors.of(values);
    }

    private static Tensor mask() {
        return Tensors.of(new boolean[] {true, false, false, true, true, true, false, false, true, false, true, false}, 3, 4);
    }

    private static Tensor seededDropout(Tensor input) {
        Engine.seed(5);
        return Functional.dropout(input, 0.4);
    }

    private static Arguments attention(String name, double[] mask, boolean causal) {
        long[] shape = {1, 2, 3, 4};
        return inputs(name, t -> Functional.attention(t[0], t[1], t[2], mask == null ? null : Tensors.of(mask, 3, 3), 0,
                causal), shape, shape, shape);
    }

    private static Arguments one(String name, Function<Tensor, Tensor> operator) {
        return inputs(name, t -> operator.apply(t[0]), MATRIX);
    }

    private interface Binary {
        Tensor apply(Tensor a, Tensor b);
    }

    private static Arguments two(String name, Binary operator) {
        return inputs(name, t -> operator.apply(t[0], t[1]), MATRIX, MATRIX);
    }

    private static Arguments inputs(String name, Function<Tensor[], Tensor> operator, long[]... shapes) {
        return Arguments.of(name, operator, shapes);
    }
}
