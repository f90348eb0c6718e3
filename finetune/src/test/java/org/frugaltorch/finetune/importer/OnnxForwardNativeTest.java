package org.frugaltorch.finetune.importer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.Examples;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.TextInputs;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.FinalStates;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Published encoders as imported and run here, against ONNX Runtime on the files they were imported from: real weights,
 * real sentences, ragged batches. The artefacts come from the local Maven repository, or are fetched into it; where that
 * fails, so does the test, with the importer's sentence.
 */
class OnnxForwardNativeTest {
    private static final int SENTENCES = 200;
    private static final double TOLERANCE = 1e-4;

    @TempDir
    private static Path corpus;
    @TempDir
    private Path temporary;

    @BeforeAll
    static void importSentences() {
        Source.WORDNET_SUPERSENSES.importTo(corpus, step -> {});
    }

    @ParameterizedTest
    @EnumSource(value = Source.class, names = {"MINILM", "BGE_SMALL"})
    void finalStatesEqualOnnxRuntime(Source source) throws OrtException {
        OnnxBert published = (OnnxBert) source.importer();
        Path jar = published.artifact().resolve();
        Path onnx = temporary.resolve("original.onnx");
        Jar.read(jar, published.model() + ".onnx",
                content -> Files.copy(content, onnx, StandardCopyOption.REPLACE_EXISTING));
        Path imported = temporary.resolve("imported");
        assertThat(imported.toFile().mkdir()).isTrue();
        published.convert(jar, imported, step -> {});

        double largest = 0;
        int padding = 0;
        ClassifierSettings settings = new ClassifierSettings(
                List.of("a", "b"), Pooling.CLS, DType.FLOAT32, Device.CPU, OptionalDouble.empty());
        try (Tokenizer tokenizer = Tokenizer.open(imported);
                TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled();
                SequenceClassifier model = SequenceClassifierDirectory.open(imported).load(settings);
                OrtSession.SessionOptions quiet = new OrtSession.SessionOptions()) {
            // Two libraries' idle threads would otherwise spin against each other.
            quiet.setIntraOpNumThreads(1);
            // In the order of the corpus, short beside long.
            Batcher batches = new Batcher(new TextInputs(sentences(tokenizer)), new BatchSettings(16, false, 0, 0, tokenizer.padId(), 0));
            try (OrtSession runtime = OrtEnvironment.getEnvironment().createSession(onnx.toString(), quiet)) {
                for (Batch batch : batches.epoch(0)) {
                    largest = Math.max(largest, largestDifference(batch, ours(model, batch), theirs(runtime, batch)));
                    padding += batch.rows() * batch.width() - batch.tokens().tokenCount();
                }
            }
        }
        assertThat(padding).as("slots of padding").isGreaterThan(SENTENCES);
        assertThat(largest).as("largest difference of a final state").isLessThan(TOLERANCE);
        System.out.printf("%s: largest difference from ONNX Runtime %.2e%n", source, largest);
    }

    private static List<Encoding> sentences(Tokenizer tokenizer) {
        Examples examples = Examples.read(corpus.resolve("eval.tsv"), "text", null, "label");
        int stride = examples.size() / SENTENCES;
        return IntStream.range(0, SENTENCES)
                .mapToObj(i -> examples.rows().get(i * stride).text())
                .map(text -> tokenizer.encode(text, null, new MaxLength(512, false)))
                .toList();
    }

    private static float[] ours(SequenceClassifier model, Batch batch) {
        try (TensorScope scope = TensorScope.open()) {
            return new KeepAll().run(model.stack(), batch.tokens(), ForwardMode.EVALUATE, FinalStates.WITH_GRADIENTS)
                    .hiddenStates().toFloats(); // [B, T, H]
        }
    }

    private static float[] theirs(OrtSession runtime, Batch batch) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        long[] shape = {batch.rows(), batch.width()};
        try (OnnxTensor ids = OnnxTensor.createTensor(environment, LongBuffer.wrap(batch.tokens().inputIds()), shape);
                OnnxTensor mask = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask(batch.tokens().valid())), shape);
                OnnxTensor types = OnnxTensor.createTensor(environment, LongBuffer.wrap(batch.tokens().tokenTypeIds()), shape);
                OrtSession.Result result = runtime.run(
                        Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types))) {
            OnnxTensor states = (OnnxTensor) result.get("last_hidden_state").orElseThrow();
            float[] values = new float[states.getFloatBuffer().remaining()];
            states.getFloatBuffer().get(values);
            return values;
        }
    }

    private static long[] mask(boolean... valid) {
        long[] mask = new long[valid.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = valid[i] ? 1 : 0;
        }
        return mask;
    }

    /** Over real tokens only; a NaN on either side is infinitely far. */
    private static double largestDifference(Batch batch, float[] ours, float[] theirs) {
        assertThat(ours).hasSameSizeAs(theirs);
        int width = ours.length / batch.tokens().valid().length;
        double largest = 0;
        for (int i = 0; i < ours.length; i++) {
            if (batch.tokens().valid()[i / width]) {
                double difference = Math.abs((double) ours[i] - theirs[i]);
                largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
            }
        }
        return largest;
    }
}
