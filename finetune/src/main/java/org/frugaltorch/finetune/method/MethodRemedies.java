package org.frugaltorch.finetune.method;

import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.train.Remedies;
import org.frugaltorch.tensor.DType;

/** What would take less memory than fine-tuning a classifier by a method, by the names of options. */
public final class MethodRemedies {
    private MethodRemedies() {}

    /**
     * All that the run does not use yet.
     *
     * @param batchSize sequences a micro-batch
     */
    public static Remedies of(Method method, int batchSize, DType dtype) {
        Remedies.Builder remedies = new Remedies.Builder();
        remedies.forWeights(method.training() == Training.FULL, "--lora");
        remedies.forWeights(method.training() == Training.LORA, "--qlora");
        remedies.forWeights(dtype == DType.FLOAT32, "--dtype bfloat16");
        remedies.forActivations(batchSize > 1, "a smaller --batch-size with more --gradient-accumulation-steps");
        boolean ordinary = method.reversible().isEmpty();
        remedies.forActivations(ordinary && method.policy() != ActivationPolicy.RECOMPUTE, "--recompute");
        remedies.forActivations(ordinary && method.policy() == ActivationPolicy.KEEP, "--lean");
        remedies.forActivations(ordinary, "--meft 1");
        remedies.forActivations(method.tokens().isEmpty(), "--tokentune 0.25");
        return remedies.forActivations(true, "a smaller --max-length").build();
    }
}
