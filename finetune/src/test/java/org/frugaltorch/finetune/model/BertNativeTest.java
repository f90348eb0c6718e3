package org.frugaltorch.finetune.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.frugaltorch.autograd.Backward;
import org.frugaltorch.finetune.model.bert.BertFamily;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** BERT against Transformers, values and gradients. */
class BertNativeTest {
    private static final double TOLERANCE = 1e-5;

    @Test
    void finalStatesEqualTransformers() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert");
                SequenceClassifier model = Golden.classifier("bert", Pooling.CLS)) {
            TokenBatch batch = golden.batch();
            Tensor states = new KeepAll().run(model.stack(), batch, ForwardMode.EVALUATE, FinalStates.ALL)
                    .hiddenStates();
            Tensor real = TokenGroup.all(batch).meanWeights(states.dtype(), states.device(), new int[batch.rows()]).transpose(1, 2);
            Golden.assertClose("states", states.mul(real), golden.tensor("hidden").mul(real), TOLERANCE);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Pooling.class, names = {"CLS", "MEAN"})
    void gradientsEqualTransformers(Pooling pooling) {
        String variant = pooling.toString();
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert");
                SequenceClassifier model = Golden.classifier("bert", pooling)) {
            Tensor logits = model.logits(new KeepAll(), golden.batch(), ForwardMode.train(1));
            Tensor loss = Functional.crossEntropy(logits, golden.tensor("labels"), LossReduction.MEAN, -100, 0);
            Golden.assertClose("logits", logits, golden.tensor(variant + ".logits"), TOLERANCE);
            Golden.assertClose("loss", loss, golden.tensor(variant + ".loss"), TOLERANCE);
            Backward.run(loss);
            golden.assertGradients("grad." + variant + ".", model.parameters(), TOLERANCE);
        }
    }

    @Test
    void namesCoverEveryPart() {
        assertThat(BertFamily.BERT.names().of(ParameterNames.Part.QUERY, 3))
                .isEqualTo("bert.encoder.layer.3.attention.self.query");
    }
}
