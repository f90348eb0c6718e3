package org.frugaltorch.finetune.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.frugaltorch.finetune.NothingLeft;
import org.frugaltorch.finetune.lora.LoraBias;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a step of each method takes, on a tiny Llama, against what its shape says. */
@ExtendWith(NothingLeft.class)
class LanguageModelProbeNativeTest {
    private static final int RANK = 4;
    private static final int QUANT_BLOCK = 64;
    private static final int SCALE_BLOCK = 256;
    private static final ModelDirectory SHAPE = ModelDirectory.open(Golden.directory("llama"));
    private static final LanguageModelProbe PROBE = new LanguageModelProbe(
            SHAPE, DType.FLOAT32, new LoraSettings(RANK, 8, TargetModules.ALL_LINEAR), 8, 64, 0);

    @ParameterizedTest
    @ValueSource(strings = {"full", "tokentune-0.3", "lora", "lora+tokentune-0.3", "qlora", "qlora+tokentune-0.3",
        "meft1", "meft3+tokentune-0.3"})
    void partsAddUp(String method) {
        for (LanguageLoss loss : LanguageLoss.values()) {
            StepMemory memory = measure(method, ActivationPolicy.KEEP, loss);
            assertThat(memory.method()).isEqualTo(method);
            assertThat(memory.chunkedLoss()).isEqualTo(loss == LanguageLoss.CHUNKED);
            assertThat(memory.savedActivationBytes()).isPositive();
            assertThat(memory.tokensPerSecond()).isPositive();
            assertThat(memory.peakBytes()).isGreaterThanOrEqualTo(
                    memory.weightBytes() + memory.optimizerBytes() + memory.savedActivationBytes());
            assertThat(memory.peakBytes()).isGreaterThanOrEqualTo(
                    memory.weightBytes() + memory.optimizerBytes() + memory.gradientBytes());
        }
    }

    @Test
    void fullTrainingHasAGradientAndTwoMomentsAWeight() {
        StepMemory memory = measure("full", ActivationPolicy.KEEP, LanguageLoss.PLAIN);
        long weights = Float.BYTES * (matrices() + others());
        assertThat(memory.weightBytes()).isEqualTo(weights);
        assertThat(memory.gradientBytes()).isEqualTo(weights);
        assertThat(memory.optimizerBytes()).isBetween(2 * weights, 2 * weights + stepCounts());
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora", "lora+tokentune-0.3"})
    void onlyAdaptersHaveGradientsAndMoments(String method) {
        StepMemory memory = measure(method, ActivationPolicy.KEEP, LanguageLoss.PLAIN);
        assertThat(memory.weightBytes()).isEqualTo(Float.BYTES * (matrices() + others() + adapters()));
        assertThat(memory.gradientBytes()).isEqualTo(Float.BYTES * adapters());
        assertThat(memory.optimizerBytes())
                .isBetween(2 * Float.BYTES * adapters(), 2 * Float.BYTES * adapters() + stepCounts());
    }

    @Test
    void fourBitWeightsAreCodesAndScales() {
        StepMemory memory = measure("qlora", ActivationPolicy.KEEP, LanguageLoss.PLAIN);
        long described = Float.BYTES * (others() + adapters()) + packed();
        assertThat(memory.weightBytes()).isBetween(described, described + descriptions());
        assertThat(memory.gradientBytes()).isEqualTo(Float.BYTES * adapters());
    }

    @Test
    void modelInFourBitsIsNeverDenseAsAWhole() {
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open();
                CausalLanguageModel model = SHAPE.randomLanguageModel(
                        new LanguageModelSettings(Optional.of(DType.FLOAT32), Device.CPU, name -> false, false),
                        Quantisation.QLORA::apply)) {
            TransformerConfig config = SHAPE.config();
            long largest = (long) Float.BYTES * config.intermediateSize() * config.hiddenSize();
            // The matrix, its codes, and its scales on their way to eight bits.
            assertThat(ledger.peakBytes() - ledger.liveBytes()).isLessThan(2 * largest);
            assertThat(model.parameters().trainable()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"full,tokentune-0.3", "lora,lora+tokentune-0.3", "qlora,qlora+tokentune-0.3"})
    void tokenTuneSavesLess(String all, String some) {
        long full = measure(all, ActivationPolicy.KEEP, LanguageLoss.PLAIN).savedActivationBytes();
        long part = measure(some, ActivationPolicy.KEEP, LanguageLoss.PLAIN).savedActivationBytes();
        assertThat((double) part / full).isBetween(0.3, 0.6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "lora+tokentune-0.3", "qlora"})
    void policiesSaveLessAndLess(String method) {
        long[] saved = java.util.Arrays.stream(ActivationPolicy.values())
                .map(policy -> measure(method, policy, LanguageLoss.CHUNKED))
                .mapToLong(StepMemory::savedActivationBytes)
                .toArray();
        assertThat(saved).isSortedAccordingTo((a, b) -> Long.compare(b, a)).doesNotHaveDuplicates();
        assertThat(measure(method, ActivationPolicy.RECOMPUTE, LanguageLoss.PLAIN).recompute()).isTrue();
        assertThat(measure(method, ActivationPolicy.LEAN, LanguageLoss.PLAIN).lean()).isTrue();
    }

    /** Of 504 predicted tokens the scores of 128 at a time. */
    @ParameterizedTest
    @ValueSource(strings = {"full", "lora", "qlora"})
    void chunkedLossLowersThePeak(String method, @TempDir Path folder) throws IOException {
        ObjectNode config = SHAPE.json().deepCopy();
        config.put("vocab_size", 4096);
        ModelDirectory manyWords =
                ModelDirectory.ofConfig(Files.writeString(folder.resolve("config.json"), config.toString()));
        LanguageModelProbe probe = new LanguageModelProbe(
                manyWords, DType.FLOAT32, new LoraSettings(RANK, 8, TargetModules.ALL_LINEAR), 8, 64, 0);
        StepVariant plain = new StepVariant(Method.named(method), ActivationPolicy.KEEP, LanguageLoss.PLAIN);
        StepVariant chunked = new StepVariant(Method.named(method), ActivationPolicy.KEEP, LanguageLoss.CHUNKED);
        long scores = (long) Float.BYTES * 8 * 63 * 4096;
        assertThat(probe.measure(plain).peakBytes() - probe.measure(chunked).peakBytes()).isGreaterThan(scores / 2);
    }

    /** Few tokens and large matrices: gradients are most of what a step adds to weights and moments. */
    @ParameterizedTest
    @EnumSource(ActivationPolicy.class)
    void updatesWithinTheBackwardPassSaveAboutAllGradients(ActivationPolicy policy, @TempDir Path folder)
            throws IOException {
        ObjectNode config = SHAPE.json().deepCopy();
        config.put("num_hidden_layers", 12).put("hidden_size", 128).put("head_dim", 32).put("intermediate_size", 256);
        ModelDirectory deep =
                ModelDirectory.ofConfig(Files.writeString(folder.resolve("config.json"), config.toString()));
        LanguageModelProbe probe = new LanguageModelProbe(
                deep, DType.FLOAT32, new LoraSettings(RANK, 8, TargetModules.ALL_LINEAR), 1, 4, 1);
        StepMemory after = probe.measure(
                new StepVariant(Method.named("full"), policy, LanguageLoss.PLAIN, false));
        StepMemory within = probe.measure(
                new StepVariant(Method.named("full"), policy, LanguageLoss.PLAIN, true));
        assertThat(after.optimizerInBackward()).isFalse();
        assertThat(within.optimizerInBackward()).isTrue();
        assertThat(after.gradientBytes()).isEqualTo(after.weightBytes());
        assertThat(within.gradientBytes()).isLessThan(after.gradientBytes() / 8);
        assertThat((double) (after.peakBytes() - within.peakBytes()) / after.gradientBytes())
                .as("part of the gradients' bytes that the peak falls by").isBetween(0.8, 1.0);
    }

    static Stream<Arguments> counted() {
        return Stream.of("llama", "qwen3", "opt", "llama with as many keys as queries", "mistral with a window")
                .flatMap(shape -> Stream.of(DType.FLOAT32, DType.BFLOAT16).flatMap(type ->
                        Stream.of(ActivationPolicy.values()).map(policy -> Arguments.of(shape, type, policy))));
    }

    /** What is saved is what the formula counts, but for the loss. */
    @ParameterizedTest
    @MethodSource("counted")
    void savedBytesAreThoseOfTheFormula(String shape, DType type, ActivationPolicy policy, @TempDir Path folder)
            throws IOException {
        TargetModules network = shape.equals("opt")
                ? TargetModules.named("fc1", "fc2") : TargetModules.named("gate_proj", "up_proj", "down_proj");
        for (LoraSettings lora : List.of(
                new LoraSettings(RANK, 8, TargetModules.ALL_LINEAR),
                new LoraSettings(RANK, 8, TargetModules.named("q_proj", "v_proj")),
                new LoraSettings(RANK, 8, 0.1, network, false, LoraBias.NONE, List.of()))) {
            LanguageModelProbe probe = new LanguageModelProbe(shape(shape, folder), type, lora, 3, 40, 0);
            for (String method : List.of("full", "tokentune-0.3", "lora", "lora+tokentune-0.3", "qlora+tokentune-0.3")) {
                for (LanguageLoss loss : LanguageLoss.values()) {
                    StepMemory memory =
                            probe.measure(new StepVariant(Method.named(method), policy, loss));
                    assertThat(memory.savedActivationBytes() - memory.formulaBytes())
                            .as("%s with %s and the loss %s: %d bytes", method, lora, loss, memory.savedActivationBytes())
                            .isBetween(0L, 3L * Float.BYTES);
                }
            }
        }
    }

    private static ModelDirectory shape(String name, Path folder) throws IOException {
        String family = name.substring(0, (name + " ").indexOf(' '));
        ObjectNode config = ModelDirectory.open(Golden.directory(family)).json().deepCopy();
        if (name.contains("as many keys")) {
            config.put("num_key_value_heads", config.path("num_attention_heads").asInt());
        }
        if (name.contains("window")) {
            config.put("sliding_window", 20);
        }
        return ModelDirectory.ofConfig(Files.writeString(folder.resolve("config.json"), config.toString()));
    }

    @Test
    void modelsWithDropoutOfTheirOwnAreNotCounted(@TempDir Path folder) throws IOException {
        ObjectNode config = SHAPE.json().deepCopy();
        config.put("attention_dropout", 0.1);
        ModelDirectory dropping =
                ModelDirectory.ofConfig(Files.writeString(folder.resolve("config.json"), config.toString()));
        StepMemory memory = new LanguageModelProbe(dropping, DType.FLOAT32,
                new LoraSettings(RANK, 8, TargetModules.ALL_LINEAR), 1, 8, 0).measure(
                        new StepVariant(Method.named("lora"), ActivationPolicy.KEEP, LanguageLoss.PLAIN));
        assertThat(memory.formulaBytes()).isEqualTo(Units.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "lora", "qlora", "meft1", "meft2", "meft3"})
    void weightsThatAreNotTrainedAreFrozen(String name) {
        Method method = Method.named(name);
        LoraSettings lora = new LoraSettings(RANK, 8, TargetModules.ALL_LINEAR);
        try (AdaptedModel adapted = AdaptedModel.make(SHAPE::randomLanguageModel, method,
                new AdaptedModel.Recipe(DType.FLOAT32, lora, Quantisation.QLORA))) {
            Parameters parameters = adapted.model().parameters();
            if (method.training() == Training.FULL) {
                assertThat(parameters.trainable()).hasSameSizeAs(parameters.tensors());
            } else if (method.training() == Training.MEFT) {
                assertThat(parameters.trainableByName().keySet()).hasSize(16)
                        .allMatch(weight -> weight.startsWith("meft."));
            } else {
                assertThat(parameters.trainableByName().keySet()).hasSize(28)
                        .allMatch(weight -> weight.contains(".lora_"));
            }
        }
    }

    /** Half a byte a number and layer at the factor 0.1, in one of both streams, is all that a layer keeps. */
    @Test
    void reversibleLayersKeepDigitsAlone(@TempDir Path folder) throws IOException {
        long[] saved = new long[2];
        for (int i = 0; i < saved.length; i++) {
            ObjectNode config = SHAPE.json().deepCopy();
            config.put("num_hidden_layers", 2 + 2 * i);
            ModelDirectory shape =
                    ModelDirectory.ofConfig(Files.writeString(folder.resolve("config.json"), config.toString()));
            saved[i] = new LanguageModelProbe(shape, DType.FLOAT32, new LoraSettings(RANK, 8, TargetModules.ALL_LINEAR),
                    8, 64, 0).measure(new StepVariant(
                            Method.named("meft1"), ActivationPolicy.KEEP, LanguageLoss.PLAIN)).savedActivationBytes();
        }
        assertThat(saved[1] - saved[0]).isEqualTo(2L * 8 * 64 * SHAPE.config().hiddenSize() / 2);
    }

    @Test
    void sequencesLongerThanThePositionsAreRefused() {
        LanguageModelProbe probe = new LanguageModelProbe(
                SHAPE, DType.FLOAT32, new LoraSettings(RANK, 8, TargetModules.ALL_LINEAR), 1, 65, 0);
        assertThatThrownBy(() -> probe.measure(
                        new StepVariant(Method.named("full"), ActivationPolicy.KEEP, LanguageLoss.PLAIN)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("64 positions");
    }

    private static StepMemory measure(String method, ActivationPolicy policy, LanguageLoss loss) {
        return PROBE.measure(new StepVariant(Method.named(method), policy, loss));
    }

    // ---- sizes by the shape, in numbers unless said otherwise ----------------------------------------------------------

    /** {out, in} of every matrix of a block. */
    private static long[][] block() {
        TransformerConfig config = SHAPE.config();
        long hidden = config.hiddenSize();
        long queries = (long) config.numAttentionHeads() * config.headSize();
        long keys = (long) config.numKeyValueHeads() * config.headSize();
        long inner = config.intermediateSize();
        return new long[][] {
            {queries, hidden}, {keys, hidden}, {keys, hidden}, {hidden, queries}, {inner, hidden}, {inner, hidden},
            {hidden, inner}
        };
    }

    private static long overBlocks(java.util.function.ToLongFunction<long[]> number) {
        return SHAPE.config().numHiddenLayers() * java.util.Arrays.stream(block()).mapToLong(number).sum();
    }

    private static long matrices() {
        return overBlocks(matrix -> matrix[0] * matrix[1]);
    }

    private static long adapters() {
        return overBlocks(matrix -> RANK * (matrix[0] + matrix[1]));
    }

    /** Embeddings, head and norms. */
    private static long others() {
        TransformerConfig config = SHAPE.config();
        return (2L * config.vocabSize() + 2L * config.numHiddenLayers() + 1) * config.hiddenSize();
    }

    /** Bytes of codes, of scales in eight bits, and of the scales' scales. */
    private static long packed() {
        return overBlocks(matrix -> {
            long numbers = matrix[0] * matrix[1];
            long blocks = Math.ceilDiv(numbers, QUANT_BLOCK);
            return numbers / 2 + blocks + Float.BYTES * Math.ceilDiv(blocks, SCALE_BLOCK);
        });
    }

    /** At most: two code books and a text for every matrix. */
    private static long descriptions() {
        return overBlocks(matrix -> Float.BYTES * (256 + 16) + 256);
    }

    /** Bytes of the optimiser's step counts. */
    private static long stepCounts() {
        return Float.BYTES * 2 * overBlocks(matrix -> 2);
    }
}
