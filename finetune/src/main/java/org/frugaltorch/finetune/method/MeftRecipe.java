package org.frugaltorch.finetune.method;

import java.util.Optional;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.meft.AdapterSettings;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.tokentune.TokenSelection;

/**
 * Reversible fine-tuning with what it goes together with.
 *
 * @param settings how the model is made reversible
 * @param loraTargets linear layers of the reversible blocks that low-rank corrections are put on, where those are the
 *     adapters; not looked at where adapters are bottlenecks
 * @param quantisation of the frozen linear layers; none where they stay dense
 * @param tokens that carry gradients in training; all when empty
 */
public record MeftRecipe(
        MeftSettings settings, TargetModules loraTargets, Optional<Quantisation> quantisation,
        Optional<TokenSelection> tokens) {
    /** Dense weights, gradients through all tokens, low-rank corrections (if any) on all linear layers. */
    public MeftRecipe(MeftSettings settings) {
        this(settings, TargetModules.ALL_LINEAR, Optional.empty(), Optional.empty());
    }

    /** The same with gradients through some tokens. */
    public MeftRecipe over(TokenSelection selection) {
        return new MeftRecipe(settings, loraTargets, quantisation, Optional.of(selection));
    }

    /** The same over weights in four bits. */
    public MeftRecipe quantised(Quantisation how) {
        return new MeftRecipe(settings, loraTargets, Optional.of(how), tokens);
    }

    /** Whether low-rank corrections are the adapters. */
    boolean hasLora() {
        return settings.adapter() instanceof AdapterSettings.LowRank;
    }
}
