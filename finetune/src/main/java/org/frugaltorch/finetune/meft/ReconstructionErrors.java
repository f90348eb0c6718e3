package org.frugaltorch.finetune.meft;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.model.FinalStates;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** Measures how well the inputs of reversible layers are got back. */
public final class ReconstructionErrors {
    private ReconstructionErrors() {}

    /**
     * Runs a batch through the layers and back.
     *
     * @return of every reversible layer, from the lowest to the highest, the norm of the difference between both streams
     *     that went in and those that came back, relative to the norm of the former; NaN where they are no numbers
     */
    public static double[] of(Meft meft, TransformerStack stack, TokenBatch batch, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            Meft.Start start = meft.start(stack, batch, mode, FinalStates.ALL);
            TwoStreams streams = start.streams();
            StreamArithmetic arithmetic = start.arithmetic();
            DType type = streams.first()[0].dtype();
            List<Coupling> couplings =
                    meft.couplings(stack, start.firstReversible(), Slice.all(streams.first()), start.read());
            ReversibleRun run = new ReversibleRun(couplings, arithmetic, meft.settings().anchorDistance(),
                    new Pass(start.views(), mode, 0, type));
            Tape tape = Tape.in(scope);
            Map<Integer, Tensor> before = new HashMap<>();
            run.forth(streams.first(), streams.second(), tape,
                    (layer, first, second) -> before.put(layer, scope.adopt(joined(arithmetic, first, second))));
            double[] errors = new double[couplings.size()];
            run.back(null, false, tape, (layer, first, second) -> {
                try (TensorScope inner = TensorScope.open()) {
                    Tensor difference = joined(arithmetic, first, second).sub(before.get(layer));
                    errors[layer] = difference.norm().item() / before.get(layer).norm().item();
                }
            });
            return errors;
        }
    }

    private static Tensor joined(StreamArithmetic arithmetic, Tensor[] first, Tensor[] second) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor[] all = new Tensor[first.length + second.length];
            for (int group = 0; group < first.length; group++) {
                all[group] = arithmetic.leave(first[group], DType.FLOAT64).reshape(-1);
                all[first.length + group] = arithmetic.leave(second[group], DType.FLOAT64).reshape(-1);
            }
            return scope.promote(Tensors.cat(0, all));
        }
    }
}
