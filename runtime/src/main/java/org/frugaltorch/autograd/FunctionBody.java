package org.frugaltorch.autograd;

import java.util.List;
import org.frugaltorch.tensor.Tensor;

/** What {@link JavaFunction} and {@link JavaMultiFunction} have in common. */
interface FunctionBody {
    Tensor[] forward(FunctionContext context, Tensor[] inputs);

    Tensor[] backward(FunctionContext context, Tensor[] gradients);

    List<Tensor> parameters();

    /** For messages. */
    String name();
}
