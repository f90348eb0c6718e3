package org.frugaltorch.finetune.cli;

import java.util.Optional;
import java.util.OptionalInt;
import org.frugaltorch.finetune.meft.AdapterSettings;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.meft.MeftVariant;
import org.frugaltorch.finetune.meft.Reconstruction;
import org.frugaltorch.finetune.meft.ShallowLayers;
import org.frugaltorch.finetune.method.MeftRecipe;
import picocli.CommandLine.Option;

/** The flags by which the reference makes a model reversible. */
final class GlueReversibleOptions {
    @Option(names = "--adapter_bottleneck_dim", defaultValue = "0", paramLabel = "N",
            description = "MEFT: inner width of the adapters; 0 trains all weights of an ordinary model"
                    + " (default: ${DEFAULT-VALUE}).")
    private int adapterBottleneck;

    @Option(names = "--layernorm_in_adapter", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            hidden = true)
    private boolean layerNormInAdapter;

    @Option(names = "--num_rev_layers", defaultValue = "0", paramLabel = "N",
            description = "MEFT: how many of the deepest layers are reversible; the others have adapters too, but keep their"
                    + " activations (default: ${DEFAULT-VALUE}).")
    private int reversibleLayers;

    @Option(names = "--x1_factor", defaultValue = "1", paramLabel = "X",
            description = "MEFT: factor of the first stream, a multiple of 0.001 (default: ${DEFAULT-VALUE}).")
    private double firstFactor;

    @Option(names = "--x2_factor", defaultValue = "1", paramLabel = "X",
            description = "MEFT: factor of the second stream (default: ${DEFAULT-VALUE}).")
    private double secondFactor;

    @Option(names = "--f_arch", defaultValue = "layer", paramLabel = "NAME",
            description = "MEFT: what the first sub-network is: layer for MEFT1, adapter for MEFT2, attn for MEFT3"
                    + " (default: ${DEFAULT-VALUE}).")
    private String architecture;

    @Option(names = "--freeze_irreversible_layers", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "MEFT: the layers below the reversible ones are frozen, without adapters.")
    private boolean freezeIrreversible;

    GlueReversibleOptions() {}

    /**
     * How the model is made reversible, if it is.
     *
     * @throws IllegalArgumentException when the flags contradict one another or make no sense
     */
    Optional<MeftRecipe> recipe() {
        MeftVariant variant = switch (architecture) {
            case "layer" -> MeftVariant.MEFT1;
            case "adapter" -> MeftVariant.MEFT2;
            case "attn" -> MeftVariant.MEFT3;
            default -> throw new IllegalArgumentException(
                    "Unknown --f_arch '" + architecture + "': known are layer, adapter and attn");
        };
        if (layerNormInAdapter) {
            throw new IllegalArgumentException("Adapters have no norm of their own here: leave --layernorm_in_adapter out");
        }
        if (adapterBottleneck == 0) {
            if (variant != MeftVariant.MEFT1 || reversibleLayers != 0 || firstFactor != 1 || secondFactor != 1
                    || freezeIrreversible) {
                throw new IllegalArgumentException("--num_rev_layers, --x1_factor, --x2_factor, --f_arch and"
                        + " --freeze_irreversible_layers are about reversible layers, which need adapters:"
                        + " give --adapter_bottleneck_dim, such as 8");
            }
            return Optional.empty();
        }
        return Optional.of(new MeftRecipe(new MeftSettings(variant, firstFactor, secondFactor,
                new AdapterSettings.Bottleneck(adapterBottleneck), OptionalInt.of(reversibleLayers),
                freezeIrreversible ? ShallowLayers.FROZEN : ShallowLayers.TRAINED, Reconstruction.EXACT,
                OptionalInt.empty())));
    }
}
