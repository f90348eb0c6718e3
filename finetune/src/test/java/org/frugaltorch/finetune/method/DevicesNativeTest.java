package org.frugaltorch.finetune.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.method.Method.TokenChoice;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.frugaltorch.testing.MetaKernels;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A model computes where its weights are, whatever host memory its tokens and labels come from. Shown without a graphics
 * processor by libtorch's device for tensors that have shapes but no numbers: as on any other, operators refuse tensors of
 * the host beside its own.
 */
@ExtendWith(LiveHandles.class)
class DevicesNativeTest {
    private static final Device META = MetaKernels.META;
    private static final Optional<TokenChoice> HALF =
            Optional.of(new TokenChoice(new TokenShare.Ratio(0.5), TokenImportance.RANDOM));

    @BeforeAll
    static void prepare() {
        MetaKernels.register();
    }

    static Stream<Method> methods() {
        return Stream.of(ActivationPolicy.values()).flatMap(policy -> Stream.of(Training.FULL, Training.LORA)
                .flatMap(training -> Stream.of(Optional.<TokenChoice>empty(), HALF)
                        .map(tokens -> Method.of(training, tokens).under(policy))));
    }

    static Stream<Arguments> decoders() {
        return Golden.decoders().stream().filter(name -> !name.contains("classification")).flatMap(name -> methods().map(method -> Arguments.of(name, method)));
    }

    static Stream<Arguments> classifiers() {
        return Stream.of("bert", "roberta", "opt-classification", "bart-classification", "vit")
                .flatMap(name -> methods().flatMap(method ->
                        Stream.of(Pooling.CLS, Pooling.MEAN).map(pooling -> Arguments.of(name, method, pooling))));
    }

    private static AdaptedModel.Recipe recipe() {
        return new AdaptedModel.Recipe(
                DType.FLOAT32, new LoraSettings(2, 4, TargetModules.ALL_LINEAR), Quantisation.QLORA).on(META);
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void decodersLearnWhereTheyAre(String name, Method method) {
        ModelDirectory directory = ModelDirectory.open(Golden.directory(name));
        // The chunked loss looks at its labels, and these have none.
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                AdaptedModel adapted = AdaptedModel.make(directory::languageModel, method, recipe())) {
            learns(adapted.model().loss(adapted.training(), golden.languageBatch(), ForwardMode.train(1)),
                    adapted.model().parameters());
        }
    }

    @ParameterizedTest
    @MethodSource("classifiers")
    void classifiersLearnWhereTheyAre(String name, Method method, Pooling pooling) {
        ModelDirectory directory = ModelDirectory.open(Golden.directory(name));
        ClassifierSettings settings =
                new ClassifierSettings(List.of("a", "b", "c"), pooling, DType.FLOAT32, META, OptionalDouble.of(0));
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                PreparedClassifier<SequenceClassifier> classifier =
                        PreparedClassifier.make(directory, settings, method, recipe())) {
            Tensor scores = classifier.model().logits(
                    classifier.training(), golden.batchFor(directory.config()), ForwardMode.train(1));
            Tensor labels = Tensors.of(new long[(int) scores.size(0)]).to(META);
            learns(Functional.crossEntropy(scores, labels, LossReduction.MEAN, -100, 0), classifier.model().parameters());
        }
    }

    private static void learns(Tensor loss, Parameters parameters) {
        assertThat(loss.device()).isEqualTo(META);
        Backward.run(loss);
        parameters.trainableByName().forEach((name, tensor) -> {
            assertThat(tensor.device()).as(name).isEqualTo(META);
            Tensor gradient = tensor.grad();
            assertThat(gradient).as("gradient of " + name).isNotNull();
            assertThat(gradient.device()).as("gradient of " + name).isEqualTo(META);
        });
    }
}
