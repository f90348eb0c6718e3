package org.frugaltorch.finetune.method;

import java.util.Optional;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.meft.AdapterSettings;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.tensor.DType;

/**
 * Reversible fine-tuning with what it is put together from.
 *
 * @param settings how the model is made reversible
 * @param loraTargets linear layers of the reversible blocks that low-rank corrections are put on, where those are the
 *     adapters; not looked at where adapters are bottlenecks
 * @param quantisation of the frozen linear layers; none where they stay dense
 */
public record MeftRecipe(MeftSettings settings, TargetModules loraTargets, Optional<Quantisation> quantisation) {
    /** Dense weights; low-rank corrections, if any, on all linear layers. */
    public MeftRecipe(MeftSettings settings) {
        this(settings, TargetModules.ALL_LINEAR, Optional.empty());
    }

    /** The same with other settings. */
    public MeftRecipe with(MeftSettings other) {
        return new MeftRecipe(other, loraTargets, quantisation);
    }

    /** The same over weights in four bits. */
    public MeftRecipe quantised(Quantisation how) {
        return new MeftRecipe(settings, loraTargets, Optional.of(how));
    }

    /** The same with products of matrices in four bits computed in that type. */
    MeftRecipe computedIn(DType type) {
        return new MeftRecipe(settings, loraTargets, quantisation.map(
                how -> how.computedIn(type)));
    }

    /** What becomes of linear layers while a model is made. */
    LinearTreatment treatment() {
        return quantisation.<LinearTreatment>map(how -> how::apply).orElse(LinearTreatment.NONE);
    }

    /** Whether low-rank corrections are the adapters. */
    boolean hasLora() {
        return settings.adapter() instanceof AdapterSettings.LowRank;
    }

    /** Such as {@code meft1}, {@code meft3-lora} or {@code meft1+nf4}. */
    @Override
    public String toString() {
        return settings.variant() + (hasLora() ? "-lora" : "")
                + quantisation.map(how -> "+" + how.format().checkpointName()).orElse("");
    }
}
