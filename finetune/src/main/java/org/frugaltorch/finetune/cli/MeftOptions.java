package org.frugaltorch.finetune.cli;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.meft.AdapterSettings;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.meft.MeftVariant;
import org.frugaltorch.finetune.meft.Reconstruction;
import org.frugaltorch.finetune.meft.ShallowLayers;
import org.frugaltorch.finetune.method.MeftRecipe;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.nn.Activation;
import org.frugaltorch.tensor.DType;
import picocli.CommandLine.Option;

/** How a model is made reversible, once it is clear that it shall be. What is not given is as the authors have it. */
public final class MeftOptions {
    @Option(names = "--meft-adapter-size", paramLabel = "N",
            description = "Inner width of MEFT's adapters (default: 8).")
    private Integer adapterSize;

    @Option(names = "--meft-adapter-activation", paramLabel = "NAME",
            description = "Their activation function, such as gelu or relu (default: the model's).")
    private String activation;

    @Option(names = "--meft-adapter-dropout", paramLabel = "X",
            description = "Their dropout (default: the model's, or --dropout).")
    private Double dropout;

    @Option(names = "--meft-adapter-init", paramLabel = "X",
            description = "Standard deviation that their matrices begin with (default: 0.02).")
    private Double initializerRange;

    @Option(names = "--meft-factors", split = ",", paramLabel = "X1,X2",
            description = "Factors of the two streams, multiples of 0.001: small ones begin close to the pretrained model"
                    + " (default: 0.1,1 for MEFT1, 1,0.1 for MEFT2, 0.1,0.1 for MEFT3).")
    private List<Double> factors;

    @Option(names = "--meft-layers", paramLabel = "N",
            description = "How many of the deepest layers are reversible (default: all).")
    private Integer layers;

    @Option(names = "--meft-shallow", paramLabel = "NAME",
            description = "What becomes of the layers below: frozen, or trained by ordinary back-propagation"
                    + " (default: frozen).")
    private String shallow;

    @Option(names = "--meft-lora", paramLabel = "RANK",
            description = "Low-rank corrections of this rank as adapters, instead of bottlenecks.")
    private Integer loraRank;

    @Option(names = "--meft-lora-alpha", paramLabel = "X",
            description = "Scale of --meft-lora, over the rank (default: twice the rank).")
    private Double loraAlpha;

    @Option(names = "--meft-lora-target-modules", split = ",", paramLabel = "NAMES",
            description = "Layers that --meft-lora is put on in reversible blocks, such as query,value (default: all).")
    private List<String> loraTargets;

    @Option(names = "--meft-4bit", description = "Keep the frozen matrices in four bits (NF4).")
    private boolean fourBit;

    @Option(names = "--meft-reconstruction", paramLabel = "NAME",
            description = "How layer inputs are got back: exact, exact-32, exact-64, anchors, anchors-N or rounded; see"
                    + " docs/meft-numerics.md (default: exact).")
    private String reconstruction;

    @Option(names = "--meft-tokens-at-once", paramLabel = "N",
            description = "Tokens that go through reversible layers together, in whole rows; 0: the whole batch"
                    + " (default: 1024, more in models of less than 768 numbers a token: 2048 at 384).")
    private Integer tokensAtOnce;

    /** Options not given yet; picocli sets them. */
    public MeftOptions() {}

    /**
     * How a model is made reversible, if it is.
     *
     * @param number of the variant; empty for an ordinary model
     * @throws IllegalArgumentException when the options contradict one another or make no sense
     */
    Optional<MeftRecipe> recipe(Optional<Integer> number) {
        if (number.isEmpty() && isGiven()) {
            throw new IllegalArgumentException("Options that begin with --meft- say how --meft works, which is not given");
        }
        return number.map(MeftVariant::of).map(this::recipe);
    }

    /** Whether any was given. */
    private boolean isGiven() {
        return fourBit || Stream.of(adapterSize, activation, dropout, initializerRange, factors, layers, shallow, loraRank,
                loraAlpha, loraTargets, reconstruction, tokensAtOnce).anyMatch(option -> option != null);
    }

    /**
     * A variant by these options.
     *
     * @throws IllegalArgumentException when they contradict one another or make no sense
     */
    MeftRecipe recipe(MeftVariant variant) {
        if (factors != null && factors.size() != 2) {
            throw new IllegalArgumentException("--meft-factors needs two numbers, such as 0.1,1, not " + factors);
        }
        MeftSettings settings = new MeftSettings(variant,
                factors == null ? variant.defaultLambda() : factors.get(0),
                factors == null ? variant.defaultBeta() : factors.get(1),
                adapter(),
                layers == null ? OptionalInt.empty() : OptionalInt.of(layers),
                shallow == null ? ShallowLayers.FROZEN : ShallowLayers.named(shallow),
                reconstruction == null ? Reconstruction.EXACT : Reconstruction.named(reconstruction),
                tokensAtOnce == null ? OptionalInt.empty() : OptionalInt.of(tokensAtOnce));
        TargetModules targets = loraTargets == null
                ? TargetModules.ALL_LINEAR
                : TargetModules.named(loraTargets.toArray(String[]::new));
        return new MeftRecipe(settings, targets, fourBit
                ? Optional.of(Quantisation.QLORA.computedIn(DType.FLOAT32)) : Optional.empty());
    }

    private AdapterSettings adapter() {
        if (loraRank != null) {
            if (adapterSize != null || activation != null || initializerRange != null) {
                throw new IllegalArgumentException("--meft-lora takes the place of bottlenecks: leave out"
                        + " --meft-adapter-size, --meft-adapter-activation and --meft-adapter-init");
            }
            return new AdapterSettings.LowRank(
                    loraRank, loraAlpha == null ? 2.0 * loraRank : loraAlpha, dropout == null ? 0 : dropout);
        }
        if (loraAlpha != null || loraTargets != null) {
            throw new IllegalArgumentException(
                    "--meft-lora-alpha and --meft-lora-target-modules say how --meft-lora works, which is not given");
        }
        return new AdapterSettings.Bottleneck(
                adapterSize == null ? AdapterSettings.Bottleneck.DEFAULT_WIDTH : adapterSize,
                activation == null ? null : Activation.named(activation),
                dropout == null ? OptionalDouble.empty() : OptionalDouble.of(dropout),
                initializerRange == null ? AdapterSettings.Bottleneck.DEFAULT_RANGE : initializerRange);
    }
}
