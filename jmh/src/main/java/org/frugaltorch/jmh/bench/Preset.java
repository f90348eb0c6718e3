package org.frugaltorch.jmh.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How large a run is: which models, and which methods of each.
 */
enum Preset {
    /** Toy shapes, a moment each: whether everything runs at all. */
    TINY(Effort.TINY, 1, List.of("mul", "mulAndBackward"),
            List.of("bert-tiny-2x16", "llama-tiny-2x16"),
            List.of(new Steps("bert-tiny", 2, 16, Steps.FLOAT32, List.of("full", "tokentune-0.25+lean", "meft1"))),
            List.of(new Steps("llama-tiny", 2, 16, Steps.FLOAT32,
                    List.of("full", "qlora+tokentune-0.3+recompute+chunked"))),
            new Sizes(1 << 20, 128, List.of(Steps.FLOAT32), 64, 50, "bert-tiny", 2, 16, List.of("llama-tiny"), 4)),
    /** A first look, in minutes. */
    QUICK(Effort.QUICK, 1, List.of("add", "mul", "mulWithGraph", "mulAndBackward", "addOneMebibyte"),
            List.of("minilm-8x64", "llama-15m-2x128"),
            List.of(new Steps("minilm", 8, 64, Steps.FLOAT32,
                    List.of("full", "lean", "recompute", "tokentune-0.25", "tokentune-0.25+lean", "meft1"))),
            List.of(new Steps("llama-15m", 2, 128, Steps.FLOAT32, List.of("full", "full+chunked",
                    "full+chunked+in-backward", "tokentune-0.3", "lora", "qlora",
                    "qlora+tokentune-0.3+recompute+chunked"))),
            new Sizes(64 << 20, 2048, List.of(Steps.FLOAT32), 1024, 500, "minilm", 8, 64, List.of("llama-15m"), 32)),
    /** Everything that the README claims, an hour or two. */
    FULL(Effort.FULL, 5, Names.OPERATORS,
            List.of("minilm-32x128", "bert-base-8x128", "llama-15m-8x256", "llama-110m-2x256"),
            List.of(new Steps("minilm", 32, 128, Steps.FLOAT32, Names.ENCODER_METHODS),
                    new Steps("bert-base", 16, 128, Steps.FLOAT32, Names.ENCODER_METHODS)),
            List.of(new Steps("llama-15m", 8, 256, Steps.FLOAT32, Names.DECODER_METHODS),
                    new Steps("llama-110m", 2, 512, Steps.FLOAT32, Names.DECODER_METHODS),
                    new Steps("llama-1.1b", 1, 512, Steps.BFLOAT16, Names.DECODER_METHODS)),
            new Sizes(256 << 20, 4096, List.of(Steps.FLOAT32, Steps.BFLOAT16), 2048, 2000, "minilm", 32, 128,
                    List.of("llama-15m", "llama-110m"), 64)),
    /** What ten minutes on a GPU allow, beside Python. */
    GPU(Effort.QUICK, 1, List.of("add", "mul", "mulWithGraph", "mulAndBackward", "mulAndBackwardOneMebibyte"),
            List.of("bert-base-32x128", "llama-110m-8x512"),
            List.of(new Steps("bert-base", 32, 128, Steps.FLOAT32,
                    List.of("full", "recompute", "tokentune-0.25", "meft1"))),
            List.of(new Steps("llama-1.1b", 1, 1024, Steps.BFLOAT16,
                            List.of("full", "recompute", "tokentune-0.3", "lora")),
                    new Steps("llama-7b", 1, 1024, Steps.BFLOAT16,
                            List.of("full", "lora", "qlora", "qlora+tokentune-0.3"))),
            new Sizes(256 << 20, 4096, List.of(Steps.BFLOAT16), 4096, 500, "minilm", 32, 128,
                    List.of("llama-1.1b"), 64));

    /**
     * Steps of one model by method.
     *
     * @param shape see {@link org.frugaltorch.jmh.Shapes}
     * @param batch sequences
     * @param sequence tokens of each
     * @param dtype of weights and computation
     */
    record Steps(String shape, int batch, int sequence, String dtype, List<String> methods) {
        static final String FLOAT32 = "float32";
        static final String BFLOAT16 = "bfloat16";

        Map<String, String> parameters(String method, String device) {
            return Map.of("shape", shape, "batch", Integer.toString(batch), "sequence", Integer.toString(sequence),
                    "dtype", dtype, "method", method, "device", device);
        }
    }

    /**
     * Sizes of all other benchmarks.
     *
     * @param fileBytes of weights to load
     * @param fourBitSize rows and columns of a quantised matrix
     * @param fourBitTypes that it is restored to
     * @param matmulSize rows and columns of matrices to multiply
     * @param texts to tokenise
     * @param ledgerShape model whose step the ledger watches
     * @param generationShapes models that continue texts
     * @param generatedTokens that they add
     */
    record Sizes(
            long fileBytes, int fourBitSize, List<String> fourBitTypes, int matmulSize, int texts, String ledgerShape,
            int ledgerBatch, int ledgerSequence, List<String> generationShapes, int generatedTokens) {}

    private final Effort effort;
    private final int rounds;
    private final List<String> operators;
    private final List<String> fixtures;
    private final List<Steps> encoders;
    private final List<Steps> decoders;
    private final Sizes sizes;

    Preset(Effort effort, int rounds, List<String> operators, List<String> fixtures, List<Steps> encoders,
            List<Steps> decoders, Sizes sizes) {
        this.effort = effort;
        this.rounds = rounds;
        this.operators = operators;
        this.fixtures = fixtures;
        this.encoders = encoders;
        this.decoders = decoders;
        this.sizes = sizes;
    }

    /** Lists that are too long to stand above. */
    private static final class Names {
        static final List<String> OPERATORS = List.of("add", "mul", "addNumber", "mulNumber", "addWithGraph",
                "mulWithGraph", "mulAndBackward", "addOneMebibyte", "mulOneMebibyte", "mulOneMebibyteWithGraph",
                "mulAndBackwardOneMebibyte");
        static final List<String> ENCODER_METHODS = List.of("full", "lean", "recompute", "tokentune-0.25",
                "tokentune-0.25+lean", "tokentune-0.25+recompute", "lora", "qlora+tokentune-0.25+recompute", "meft1",
                "meft2", "meft3", "meft1+tokentune-0.25", "meft1+nf4+tokentune-0.25");
        static final List<String> DECODER_METHODS = List.of("full", "full+chunked", "full+chunked+in-backward",
                "lean+chunked", "recompute+chunked", "tokentune-0.3", "tokentune-0.3+chunked", "lora",
                "lora+tokentune-0.3", "qlora", "qlora+tokentune-0.3", "qlora+tokentune-0.3+recompute+chunked");

        private Names() {}
    }

    Effort effort() {
        return effort;
    }

    /** Processes of each benchmark. */
    int rounds() {
        return rounds;
    }

    /** Methods of {@link org.frugaltorch.jmh.OperatorBenchmark} that all libraries have. */
    List<String> operators() {
        return operators;
    }

    /** Training steps that all libraries take, by {@link org.frugaltorch.jmh.StepFixtures.Size}. */
    List<String> fixtures() {
        return fixtures;
    }

    List<Steps> encoders() {
        return encoders;
    }

    List<Steps> decoders() {
        return decoders;
    }

    Sizes sizes() {
        return sizes;
    }

    /**
     * The preset of a name.
     *
     * @throws IllegalArgumentException when there is none
     */
    static Preset named(String name) {
        return Arrays.stream(values()).filter(preset -> preset.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Unknown preset '" + name + "': known are "
                        + Arrays.stream(values()).map(Preset::toString).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
