package org.frugaltorch.finetune.cli;

import picocli.CommandLine.Option;

/** The flags by which the reference makes a model reversible. */
final class GlueReversibleOptions {
    @Option(names = "--adapter_bottleneck_dim", defaultValue = "0", hidden = true)
    private int adapterBottleneck;

    @Option(names = "--layernorm_in_adapter", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            hidden = true)
    private boolean layerNormInAdapter;

    @Option(names = "--num_rev_layers", defaultValue = "0", hidden = true)
    private int reversibleLayers;

    @Option(names = "--x1_factor", defaultValue = "1", hidden = true)
    private double firstFactor;

    @Option(names = "--x2_factor", defaultValue = "1", hidden = true)
    private double secondFactor;

    @Option(names = "--f_arch", defaultValue = "layer", hidden = true)
    private String architecture;

    @Option(names = "--freeze_irreversible_layers", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            hidden = true)
    private boolean freezeIrreversible;

    GlueReversibleOptions() {}

    /** @throws IllegalArgumentException when any asks for more than ordinary training */
    void refuse() {
        if (adapterBottleneck != 0 || layerNormInAdapter || reversibleLayers != 0 || firstFactor != 1
                || secondFactor != 1 || !architecture.equals("layer") || freezeIrreversible) {
            throw new IllegalArgumentException("Reversible layers with adapters (--num_rev_layers,"
                    + " --adapter_bottleneck_dim, --f_arch and what belongs to them) are not part of this command yet:"
                    + " leave these flags out");
        }
    }
}
