package org.frugaltorch.optim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Operator;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** Keeps the length of the whole gradient, over all parameters, under a bound. */
public final class GradientClipping {
    private static final Operator FOREACH_MUL = Operator.of("aten::_foreach_mul_", "Tensor");
    // The same guard against division by zero as PyTorch's clip_grad_norm_.
    private static final double GUARD = 1e-6;

    private GradientClipping() {}

    /** The length of one gradient, a number in float32. */
    static Tensor norm(Tensor gradient) {
        return gradient.norm().to(DType.FLOAT32);
    }

    /**
     * Scales the gradients down when their common norm is above {@code maxNorm}.
     *
     * @param maxNorm bound on the norm; 0 or less only measures
     * @return the norm before scaling; not finite when a gradient is not, in which case nothing was scaled
     */
    public static double clip(Collection<Tensor> parameters, double maxNorm) {
        try (TensorScope scope = TensorScope.open()) {
            List<Tensor> gradients = new ArrayList<>();
            List<Tensor> norms = new ArrayList<>();
            for (Tensor parameter : parameters) {
                Tensor gradient = parameter.grad();
                if (gradient != null) {
                    gradients.add(gradient);
                    norms.add(norm(gradient));
                }
            }
            if (gradients.isEmpty()) {
                return 0;
            }
            double norm = Tensors.stack(0, norms.toArray(Tensor[]::new)).norm().item();
            if (maxNorm > 0 && norm > maxNorm && Double.isFinite(norm)) {
                Tensor factor = Tensors.full(maxNorm / (norm + GUARD), DType.FLOAT32, gradients.get(0).device());
                FOREACH_MUL.call().tensors(gradients).tensor(factor).noResult();
            }
            return norm;
        }
    }
}
