package org.frugaltorch.autograd;

import java.util.List;
import org.frugaltorch.tensor.Tensor;

/** What {@link JavaFunction} and {@link JavaMultiFunction} have in common. */
interface FunctionBody {
    Tensor[] forward(FunctionContext context, Tensor[] inputs);

    Tensor[] backward(FunctionContext context, Tensor[] gradients);

    /** Parameters that backward is known to add gradients to; there may be others. */
    List<Tensor> parameters();

    /** Whether backward has something to do even when no input requires a gradient. */
    boolean trains();

    /** For messages. */
    String name();
}
