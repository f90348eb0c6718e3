package org.frugaltorch.finetune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.finetune.tokentune.LabelledSelection;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenSelection;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.tokentune.TokenTune;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Classifiers of tokens against Transformers, plainly and with gradients stopped, and their directories. */
class TokenClassifierNativeTest {
    private static final List<String> LABELS = List.of("O", "B-PER", "I-PER", "B-LOC", "I-LOC");

    @TempDir
    private Path folder;

    private static TokenClassifierDirectory directory(String family) {
        return TokenClassifierDirectory.open(Golden.directory(family + "-tagging"));
    }

    private static ClassifierSettings settings(List<String> labels, DType type) {
        return ClassifierSettings.ofTokens(labels, type, Device.CPU, OptionalDouble.empty());
    }

    private static int[][] labels(Golden golden, TokenBatch batch) {
        int[][] labels = new int[batch.rows()][batch.width()];
        long[] flat = golden.tensor("labels").toLongs();
        for (int i = 0; i < flat.length; i++) {
            labels[i / batch.width()][i % batch.width()] = Math.toIntExact(flat[i]);
        }
        return labels;
    }

    /** Rows of real tokens. */
    private static Tensor real(Tensor logits, Golden golden) {
        return logits.mul(golden.tensor("attention_mask").to(logits.dtype()).unsqueeze(-1));
    }

    @ParameterizedTest
    @CsvSource({"bert,FLOAT32,1e-5", "bert,FLOAT64,2e-7", "roberta,FLOAT32,1e-5", "roberta,FLOAT64,2e-7"})
    void equalsTransformers(String family, DType type, double tolerance) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(family + "-tagging");
                TokenClassifier model = directory(family).load(settings(LABELS, type))) {
            TokenBatch batch = golden.batch();
            TokenScores scores = model.scores(new KeepAll(), batch, ForwardMode.train(1));
            Golden.assertClose(
                    "logits", real(scores.logits(), golden), real(golden.tensor("logits"), golden), tolerance);
            Tensor loss = scores.loss(labels(golden, batch));
            assertThat(loss.item()).isCloseTo(golden.tensor("loss").item(), within(tolerance * loss.item()));
            Backward.run(loss);
            golden.assertGradients("grad.", model.parameters(), tolerance);
        }
    }

    @ParameterizedTest
    @CsvSource({"bert,FLOAT32,KEEP,1e-5", "bert,FLOAT64,KEEP,2e-7", "bert,FLOAT64,RECOMPUTE,2e-7",
            "roberta,FLOAT32,KEEP,1e-5", "roberta,FLOAT64,LEAN,2e-7"})
    void thirtyPercentEqualTransformersWithStoppedGradients(
            String family, DType type, ActivationPolicy policy, double tolerance) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(family + "-tagging");
                TokenClassifier model = directory(family).load(settings(LABELS, type))) {
            TokenBatch batch = golden.batch();
            TokenSelection stored = (stack, any, seed) -> golden.columns("selected");
            TokenScores scores = model.scores(new TokenTune(stored, policy), batch, ForwardMode.train(1));
            Tensor loss = scores.loss(labels(golden, batch));
            assertThat(loss.item()).isCloseTo(golden.tensor("tokentune.loss").item(), within(tolerance * loss.item()));
            Backward.run(loss);
            golden.assertGradients("grad.tokentune.", model.parameters(), tolerance);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta"})
    void allTokensSelectedEqualFullFineTuning(String family) {
        try (TensorScope scope = TensorScope.open()) {
            Golden.assertGradientsClose(gradients(family, true), gradients(family, false), 1e-6);
        }
    }

    private static Map<String, Tensor> gradients(String family, boolean tokenTune) {
        Map<String, Tensor> result = new TreeMap<>();
        try (Golden golden = Golden.open(family + "-tagging");
                TokenClassifier model = directory(family).load(settings(LABELS, DType.FLOAT32))) {
            TokenBatch batch = golden.batch();
            int cells = batch.valid().length;
            ActivationStrategy strategy = tokenTune
                    ? new TokenTune(new LabelledSelection(
                            new TokenShare.Ratio(1), TokenImportance.RANDOM, new boolean[cells], new boolean[cells]))
                    : new KeepAll();
            Backward.run(model.scores(strategy, batch, ForwardMode.train(1)).loss(labels(golden, batch)));
            model.parameters().asMap().forEach((name, parameter) -> result.put(name, parameter.grad()));
        }
        return result;
    }

    @Test
    void aSavedModelIsTheSameAndDescribesItself() throws IOException {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert-tagging");
                TokenClassifier model = directory("bert").load(settings(LABELS, DType.FLOAT32))) {
            directory("bert").save(model, LABELS, folder.resolve("saved"));
            TokenClassifierDirectory saved = TokenClassifierDirectory.open(folder.resolve("saved"));
            try (TokenClassifier again = saved.loadTrained(DType.FLOAT32, Device.CPU)) {
                assertThat(again.parameters().trainable()).isEmpty();
                assertThat(again.parameters().asMap().keySet()).isEqualTo(model.parameters().asMap().keySet())
                        .contains("classifier.weight", "classifier.bias").noneMatch(name -> name.contains("pooler"));
                Tensor before = model.scores(new KeepAll(), golden.batch(), ForwardMode.EVALUATE).logits();
                Tensor after = again.scores(new KeepAll(), golden.batch(), ForwardMode.EVALUATE).logits();
                assertThat(after.toFloats()).isEqualTo(before.toFloats());
            }
            assertThat(saved.labels()).isEqualTo(LABELS);
        }
        JsonNode config = new ObjectMapper().readTree(folder.resolve("saved/config.json").toFile());
        assertThat(config.path("architectures").get(0).asText()).isEqualTo("BertForTokenClassification");
        assertThat(config.path("id2label").path("3").asText()).isEqualTo("B-LOC");
        assertThat(config.path("label2id").path("I-LOC").intValue()).isEqualTo(4);
        assertThat(TokenClassifierDirectory.isOne(folder.resolve("saved"))).isTrue();
    }

    @Test
    void aHeadGoesOnForTheSameLabelsOnly() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert-tagging")) {
            Tensor gradient = golden.tensor("grad.classifier.weight");
            Engine.seed(1);
            try (TokenClassifier same = directory("bert").load(settings(LABELS, DType.FLOAT32));
                    TokenClassifier other = directory("bert").load(
                            settings(List.of("a", "b", "c", "d", "e"), DType.FLOAT32));
                    TokenClassifier more = directory("bert").load(settings(List.of("a", "b"), DType.FLOAT32))) {
                assertThat(same.parameters().get("classifier.weight").abs().amax().item()).isGreaterThan(0.3);
                assertThat(other.parameters().get("classifier.weight").abs().amax().item()).isLessThan(0.15);
                assertThat(other.parameters().get("classifier.bias").toFloats()).containsOnly(0);
                assertThat(more.parameters().get("classifier.weight").size(0)).isEqualTo(2);
                assertThat(gradient.shape()).isEqualTo(same.parameters().get("classifier.weight").shape());
            }
        }
    }

    /** BERT's classifiers of texts have a layer of that name and size, which learnt something else. */
    @Test
    void theHeadOfAClassifierOfTextsIsNotTaken() {
        Path texts = Golden.directory("bert");
        TokenClassifierDirectory directory = TokenClassifierDirectory.open(texts);
        assertThat(directory.isTrained()).isFalse();
        assertThat(TokenClassifierDirectory.isOne(texts)).isFalse();
        List<String> labels = List.of("LABEL_0", "LABEL_1", "LABEL_2");
        try (TensorScope scope = TensorScope.open();
                TokenClassifier model = directory.load(settings(labels, DType.FLOAT32))) {
            assertThat(model.parameters().get("classifier.bias").toFloats()).containsOnly(0);
        }
        assertThatThrownBy(() -> directory.loadTrained(DType.FLOAT32, Device.CPU)).isInstanceOf(DataException.class)
                .hasMessageContaining("holds no classifier of tokens")
                .hasMessageContaining("train one with frugal tag");
    }

    @Test
    void aPretrainedModelGetsANewHead() {
        Path model = TinyBert.write(folder.resolve("tiny"));
        TokenClassifierDirectory directory = TokenClassifierDirectory.open(model);
        try (TensorScope scope = TensorScope.open();
                TokenClassifier classifier = directory.load(settings(LABELS, DType.FLOAT32))) {
            assertThat(classifier.head().dropout()).isEqualTo(0.1);
            assertThat(classifier.parameters().get("classifier.weight").shape()).containsExactly(5, 32);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "opt", "bart", "vit"})
    void otherFamiliesAreRefused(String family) {
        assertThatThrownBy(() -> TokenClassifierDirectory.open(Golden.directory(family)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("is of the family " + family + ", which has no classifiers of tokens here");
        assertThat(TokenClassifierDirectory.isOne(Golden.directory(family))).isFalse();
    }
}
