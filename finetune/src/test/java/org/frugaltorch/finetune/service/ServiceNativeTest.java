package org.frugaltorch.finetune.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.NothingLeft;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.finetune.TinyLlama;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.generation.Completion;
import org.frugaltorch.finetune.generation.GenerationSettings;
import org.frugaltorch.finetune.generation.TextGenerator;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.method.TrainedClassifier;
import org.frugaltorch.finetune.model.Classifier;
import org.frugaltorch.finetune.model.ClassifierDirectory;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenClassifierDirectory;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models asked by many threads at once answer as they do by themselves. */
@ExtendWith(NothingLeft.class)
class ServiceNativeTest {
    private static final List<String> CLASSES = List.of("bad", "fair", "good");
    private static final double SUMS = 1e-5; // by what else is in the batch

    @TempDir
    private static Path shared;
    private static Path pretrained;

    @TempDir
    private Path folder;

    @BeforeAll
    static void write() {
        pretrained = TinyBert.write(shared.resolve("bert"));
    }

    private static <M extends Classifier> Path saved(
            ClassifierDirectory<M> base, ClassifierSettings settings, String method, Path target) {
        Engine.seed(3);
        try (TensorScope scope = TensorScope.open();
                PreparedClassifier<M> classifier = PreparedClassifier.make(base, settings, Method.named(method),
                        PreparedClassifier.usualRecipe(base, DType.FLOAT32))) {
            classifier.model().parameters().trainableByName().forEach((name, parameter) -> {
                if (parameter.shape().length > 1) { // biases would say the same of every text
                    parameter.detach().normalInPlace(0, name.endsWith("classifier.weight") ? 3 : 0.1);
                }
            });
            classifier.save(base, settings.labels(), target);
        }
        return target;
    }

    private Path classifier(String method) {
        return saved(new SequenceClassifierDirectory(ModelDirectory.open(pretrained)), new ClassifierSettings(CLASSES,
                Pooling.MEAN, DType.FLOAT32, Device.CPU, OptionalDouble.of(0)), method, folder.resolve(method));
    }

    private static List<String> texts(int count) {
        Random random = new Random(8);
        return IntStream.range(0, count).mapToObj(text -> IntStream.range(0, 1 + random.nextInt(60))
                .mapToObj(word -> "w" + random.nextInt(90)).collect(Collectors.joining(" "))).toList();
    }

    /** Computed for each text by itself, with libtorch's own softmax. */
    private static List<float[]> expected(Path model, List<String> texts) {
        TrainedClassifier<SequenceClassifier> trained = TrainedClassifier.open(model, null);
        try (TensorScope scope = TensorScope.open();
                Tokenizer tokenizer = Tokenizer.open(trained.base().path());
                PreparedClassifier<SequenceClassifier> classifier = trained.load(DType.FLOAT32)) {
            return texts.stream().map(text -> {
                long[] ids = IntStream.of(tokenizer.encode(text, null, new MaxLength(TinyBert.POSITIONS, true)).ids())
                        .asLongStream().toArray();
                boolean[] valid = new boolean[ids.length];
                Arrays.fill(valid, true);
                TokenBatch alone = new TokenBatch(1, ids.length, ids, valid, new long[ids.length]);
                return Functional.softmax(classifier.model().logits(
                        classifier.evaluation(), alone, ForwardMode.EVALUATE), -1).toFloats();
            }).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "lora", "meft1"})
    void threadsOfEitherKindShareAClassifier(String method) throws Exception {
        Path model = classifier(method);
        List<String> texts = texts(40);
        List<float[]> expected = expected(model, texts);
        try (TextClassifier classifier =
                        TextClassifier.open(model, new ServiceSettings(null, DType.FLOAT32, Device.CPU, 4));
                ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
                ExecutorService platform = Executors.newFixedThreadPool(3)) {
            assertThat(classifier.labels()).isEqualTo(CLASSES);
            List<Future<Classification>> answers = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                String text = texts.get(i);
                answers.add((i % 2 == 0 ? virtual : platform).submit(() -> classifier.classify(text)));
            }
            for (int i = 0; i < texts.size(); i++) {
                assertSame(answers.get(i).get(), expected.get(i));
            }
            List<Classification> together = classifier.classifyAll(texts);
            for (int i = 0; i < texts.size(); i++) {
                assertSame(together.get(i), expected.get(i));
            }
            assertThat(classifier.classifyAll(List.of())).isEmpty();
        }
    }

    private static void assertSame(Classification answer, float[] expected) {
        assertThat(answer.probabilities().keySet()).containsExactlyElementsOf(CLASSES);
        for (int i = 0; i < expected.length; i++) {
            assertThat(answer.probabilities().get(CLASSES.get(i))).isCloseTo(expected[i], within(SUMS));
        }
        assertThat(answer.probability()).isEqualTo(answer.probabilities().get(answer.label()))
                .isEqualTo(answer.probabilities().values().stream().mapToDouble(Double::doubleValue).max().orElseThrow());
    }

    @Test
    void pairsAndSingleTextsMayWaitTogether() {
        try (TextClassifier classifier = TextClassifier.open(classifier("full"))) {
            Classification single = classifier.classify("w1 w2");
            Classification pair = classifier.classify("w1 w2", "w3");
            List<Classification> both = Stream.<Supplier<Classification>>of(
                            () -> classifier.classify("w1 w2"), () -> classifier.classify("w1 w2", "w3"))
                    .parallel().map(Supplier::get).toList();
            assertThat(both.get(0).probability()).isCloseTo(single.probability(), within(SUMS));
            assertThat(both.get(1).probability()).isCloseTo(pair.probability(), within(SUMS));
            assertThat(pair.probabilities()).isNotEqualTo(single.probabilities());
        }
    }

    @Test
    void whatCannotBeOpenedOrIsClosedSaysSo() {
        assertThatThrownBy(() -> TextClassifier.open(pretrained)).isInstanceOf(DataException.class)
                .hasMessageContaining("holds no classifier");
        assertThatThrownBy(() -> WordTagger.open(classifier("full"))).isInstanceOf(DataException.class)
                .hasMessageContaining("holds no classifier of tokens");
        assertThatThrownBy(() -> TextCompleter.open(pretrained)).isInstanceOf(DataException.class)
                .hasMessageContaining("cannot continue");
        assertThatThrownBy(() -> new ServiceSettings(null, DType.FLOAT32, Device.CPU, 0))
                .hasMessageContaining("batch size");
        TextClassifier classifier = TextClassifier.open(folder.resolve("full"));
        assertThatThrownBy(() -> classifier.classify(null)).isInstanceOf(NullPointerException.class);
        classifier.close();
        classifier.close();
        assertThatThrownBy(() -> classifier.classify("w1")).hasMessage("The classifier of texts was closed");
    }

    /** Transformers does not write the names that it makes up for two classes. */
    @Test
    void twoClassesWithoutNamesAreClasses() throws IOException {
        Path model = saved(new SequenceClassifierDirectory(ModelDirectory.open(pretrained)), new ClassifierSettings(
                List.of("no", "yes"), Pooling.MEAN, DType.FLOAT32, Device.CPU, OptionalDouble.of(0)), "full",
                folder.resolve("two"));
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode config = (ObjectNode) mapper.readTree(model.resolve("config.json").toFile());
        config.remove(List.of("id2label", "label2id"));
        mapper.writeValue(model.resolve("config.json").toFile(), config);
        try (TextClassifier classifier = TextClassifier.open(model)) {
            assertThat(classifier.labels()).containsExactly("LABEL_0", "LABEL_1");
            assertThat(classifier.classify("w1 w2").probabilities()).containsOnlyKeys("LABEL_0", "LABEL_1");
        }
    }

    /** As those of glue's STS-B are. */
    @Test
    void aModelThatGivesOneNumberIsNoClassifier() {
        ClassifierSettings number = new ClassifierSettings(
                List.of("LABEL_0"), Pooling.MEAN, DType.FLOAT32, Device.CPU, OptionalDouble.of(0));
        Path model = saved(new SequenceClassifierDirectory(ModelDirectory.open(pretrained)), number, "lora",
                folder.resolve("number"));
        assertThatThrownBy(() -> TextClassifier.open(model)).isInstanceOf(DataException.class)
                .hasMessageContaining("gives every input one number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "lora"})
    void wordsAreLabelled(String method) {
        List<String> labels = List.of("O", "B-PER", "I-PER");
        Path model = saved(TokenClassifierDirectory.open(pretrained),
                ClassifierSettings.ofTokens(labels, DType.FLOAT32, Device.CPU, OptionalDouble.of(0)), method,
                folder.resolve("tagger"));
        List<List<String>> sentences = texts(30).stream().map(text -> List.of(text.split(" "))).toList();
        try (WordTagger tagger = WordTagger.open(model, new ServiceSettings(null, DType.FLOAT32, Device.CPU, 4))) {
            assertThat(tagger.labels()).isEqualTo(labels);
            List<List<String>> together = tagger.tagAll(sentences);
            List<List<String>> apart = sentences.parallelStream().map(tagger::tag).toList();
            assertThat(together).isEqualTo(apart);
            for (int i = 0; i < sentences.size(); i++) {
                assertThat(together.get(i)).hasSameSizeAs(sentences.get(i));
            }
            assertThat(together.stream().flatMap(List::stream).distinct()).as("labels that were given")
                    .hasSizeGreaterThan(1);
            assertThat(tagger.tag(List.of())).isEmpty();
        }
    }

    @Test
    void textsAreContinuedOneAfterTheOther() {
        Path model = TinyLlama.write(folder.resolve("llama"));
        List<String> prompts = List.of("say hello", "add one and two", "two");
        try (TextCompleter completer = TextCompleter.open(model)) {
            GenerationSettings settings = GenerationSettings.greedy(6, completer.stopTokens());
            List<Completion> results = prompts.parallelStream()
                    .map(prompt -> completer.complete(prompt, settings)).toList();
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(results.get(i)).isEqualTo(expected(model, prompts.get(i), settings));
            }
            List<String> pieces = new ArrayList<>();
            Completion result = completer.complete(prompts.getFirst(), settings, pieces::add);
            assertThat(result).isEqualTo(results.getFirst());
            assertThat(String.join("", pieces)).isEqualTo(result.text());
            assertThat(pieces).hasSizeGreaterThan(1);
            assertThatThrownBy(() -> completer.complete("say", settings, piece -> {
                throw new IllegalStateException("nobody listens");
            })).hasMessage("nobody listens");
            assertThatThrownBy(() -> completer.complete("one ".repeat(100), settings)).isInstanceOf(DataException.class)
                    .hasMessageContaining("64");
            assertThat(completer.complete(prompts.getFirst(), settings)).isEqualTo(result);
            Completion full = completer.complete("one ".repeat(60), GenerationSettings.greedy(50, Set.of()));
            assertThat(full.promptTokens() + full.newTokens()).as("no more than the model's positions").isEqualTo(64);
        }
        try (TextCompleter completer = TextCompleter.open(model, null, Device.CPU,
                Optional.of(Quantisation.QLORA.computedIn(DType.FLOAT32)))) {
            assertThat(completer.complete("say", GenerationSettings.greedy(2, completer.stopTokens())).newTokens())
                    .isPositive();
        }
    }

    private static Completion expected(Path model, String prompt, GenerationSettings settings) {
        ModelDirectory directory = ModelDirectory.open(model);
        try (TensorScope scope = TensorScope.open();
                Tokenizer tokenizer = Tokenizer.open(model);
                AdaptedModel decoder = AdaptedModel.load(directory, null)) {
            int[] ids = tokenizer.encode(prompt, null, new MaxLength(64, false)).ids();
            long[] generated = new TextGenerator(decoder.model())
                    .generate(IntStream.of(ids).asLongStream().toArray(), settings);
            return new Completion(
                    tokenizer.decode(Arrays.stream(generated).mapToInt(Math::toIntExact).toArray(), true),
                    ids.length, generated.length);
        }
    }
}
