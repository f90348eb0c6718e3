package org.frugaltorch.finetune.cli;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.memory.LanguageVariant;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.LanguageLoss;
import picocli.CommandLine.Option;

/** The options of {@code frugal memory} that only language models have. */
public final class LanguageMemoryOptions {
    private static final String ALL_LINEAR = "all-linear";

    @Option(names = "--lean", description = "Also measure every method with norms and activation functions computed again.")
    private boolean lean;

    @Option(names = "--recompute", description = "Also measure every method with blocks run again in the backward pass.")
    private boolean recompute;

    @Option(names = "--chunked-loss",
            description = "Also measure every method, and each of the above, with the loss computed a few tokens at a time.")
    private boolean chunkedLoss;

    @Option(names = UpdateOption.NAME,
            description = "Also measure every method, and each of the above, with weights updated within the backward"
                    + " pass.")
    private boolean optimizerInBackward;

    @Option(names = "--lora-r", defaultValue = "8", paramLabel = "N",
            description = "Rank of adapters (default: ${DEFAULT-VALUE}).")
    private int loraRank;

    @Option(names = "--lora-alpha", defaultValue = "16", paramLabel = "X",
            description = "Adapters are scaled by this over the rank (default: ${DEFAULT-VALUE}).")
    private double loraAlpha;

    @Option(names = "--lora-target-modules", split = ",", defaultValue = ALL_LINEAR, paramLabel = "NAMES",
            description = "Layers with adapters, such as q_proj,v_proj (default: ${DEFAULT-VALUE}).")
    private List<String> loraTargetModules;

    /** Options not given yet; picocli sets them. */
    public LanguageMemoryOptions() {}

    /** Whether one of those was asked for that change how a step is computed. */
    boolean hasVariants() {
        return lean || recompute || chunkedLoss || optimizerInBackward;
    }

    List<LanguageVariant> variants(List<String> methods) {
        List<ActivationPolicy> policies = new ArrayList<>(List.of(ActivationPolicy.KEEP));
        if (lean) {
            policies.add(ActivationPolicy.LEAN);
        }
        if (recompute) {
            policies.add(ActivationPolicy.RECOMPUTE);
        }
        return LanguageVariant.all(
                methods.stream().map(Method::named).toList(), policies,
                chunkedLoss ? List.of(LanguageLoss.values()) : List.of(LanguageLoss.PLAIN),
                optimizerInBackward ? List.of(false, true) : List.of(false));
    }

    LoraSettings lora() {
        return new LoraSettings(loraRank, loraAlpha, TargetModules.parse(loraTargetModules));
    }
}
