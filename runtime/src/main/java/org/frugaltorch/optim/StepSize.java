package org.frugaltorch.optim;

import java.util.List;
import java.util.function.Function;
import org.frugaltorch.tensor.Operator;
import org.frugaltorch.tensor.Tensor;

/**
 * How far one step of AdamW goes.
 *
 * @param learningRate of the step
 * @param weightDecay fraction of a parameter subtracted, times the learning rate
 * @param settings decays and epsilon
 */
record StepSize(double learningRate, double weightDecay, AdamW.Settings settings) {
    private static final Operator FUSED = Operator.of("aten::_fused_adamw_");

    /** Takes the step with all of them, of one type and device, in libtorch's kernel. */
    void apply(List<Updated> parts) {
        FUSED.call().tensors(each(parts, Updated::parameter)).tensors(each(parts, Updated::gradient))
                .tensors(each(parts, Updated::firstMoment)).tensors(each(parts, Updated::secondMoment)).tensors(List.of())
                .tensors(each(parts, Updated::steps)).number(learningRate).number(settings.beta1()).number(settings.beta2())
                .number(weightDecay).number(settings.epsilon()).flag(false).flag(false).none().none().noResult();
    }

    private static List<Tensor> each(List<Updated> parts, Function<Updated, Tensor> what) {
        return parts.stream().map(what).toList();
    }
}
