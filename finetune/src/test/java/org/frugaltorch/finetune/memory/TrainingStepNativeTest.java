package org.frugaltorch.finetune.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalDouble;
import org.assertj.core.data.Offset;
import org.frugaltorch.finetune.NothingLeft;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.ClassifierSource;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NothingLeft.class)
class TrainingStepNativeTest {
    /** The sum of squares of one weight. */
    private static final class Square implements TrainingStep.Subject {
        private final Parameters parameters = new Parameters();

        Square() {
            parameters.add("w", Tensors.of(new float[] {1, -2}).setRequiresGrad(true));
        }

        @Override
        public Parameters parameters() {
            return parameters;
        }

        @Override
        public Tensor loss() {
            Tensor weight = parameters.get("w");
            return weight.mul(weight).sum();
        }

        @Override
        public void close() {
            parameters.close();
        }
    }

    @Test
    void returnsTheLossBeforeTheUpdate() {
        try (TrainingStep step = TrainingStep.open(Square::new, 0.5, false)) {
            assertThat(step.run()).isEqualTo(5);
            // The first step of Adam moves every weight by the learning rate.
            assertThat(step.run()).isCloseTo(0.25 + 2.25, Offset.offset(1e-4));
        }
    }

    @Test
    void updatesInTheBackwardPassAreTheSame() {
        try (TrainingStep after = TrainingStep.open(Square::new, 0.5, false);
                TrainingStep within = TrainingStep.open(Square::new, 0.5, true)) {
            for (int i = 0; i < 3; i++) {
                assertThat(within.run()).isEqualTo(after.run());
            }
            assertThat(within.mostGradientBytes()).isEqualTo(2 * Float.BYTES);
        }
    }

    @Test
    void aFactoryThatFailsLeavesNothing() {
        assertThatThrownBy(() -> TrainingStep.open(() -> {
            Tensors.of(new float[] {1});
            throw new IllegalStateException("no model");
        }, 1, false)).hasMessage("no model");
    }

    @Test
    void aCountedStepGoesOnUncounted() {
        ModelDirectory directory = ModelDirectory.open(Golden.directory("bert"));
        ClassifierSettings settings = new ClassifierSettings(
                List.of("0", "1"), Pooling.MEAN, DType.FLOAT32, Device.CPU, OptionalDouble.of(0));
        ClassifierProbe probe = new ClassifierProbe(2, 16, 0);
        ClassifierSource<SequenceClassifier> source =
                treatment -> new SequenceClassifierDirectory(directory).random(settings, treatment);
        StepVariant full = new StepVariant(Method.full(), ActivationPolicy.KEEP);
        AdaptedModel.Recipe recipe = PreparedClassifier.usualRecipe(directory, DType.FLOAT32);
        StepMemory once = probe.measure(source, full, recipe);
        try (CountedStep counted = probe.open(source, full, recipe)) {
            assertThat(counted.memory().peakBytes()).isEqualTo(once.peakBytes());
            assertThat(counted.memory().savedActivationBytes()).isEqualTo(once.savedActivationBytes());
            // A ledger of one's own can be opened now, so the step's is closed.
            try (MemoryLedger ledger = MemoryLedger.open()) {
                double first = counted.step().run();
                assertThat(ledger.peakBytes()).isGreaterThan(once.savedActivationBytes());
                assertThat(counted.step().run()).isLessThan(first);
            }
        }
    }
}
