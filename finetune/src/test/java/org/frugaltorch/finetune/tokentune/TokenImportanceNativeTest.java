package org.frugaltorch.finetune.tokentune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenEmbeddings;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;

class TokenImportanceNativeTest {
    @Test
    void embeddingNormsAreThoseOfTheTable() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert");
                SequenceClassifier model = Golden.classifier("bert", Pooling.CLS)) {
            TokenBatch batch = golden.batch();
            double[] weights = TokenImportance.EMBEDDING_NORM.logWeights(model.stack(), batch);
            for (int i = 0; i < weights.length; i++) {
                try (TensorScope inner = TensorScope.open()) {
                    TokenEmbeddings table = (TokenEmbeddings) model.stack().embeddings();
                    Tensor row = table.word().detach().select(0, batch.inputIds()[i]);
                    assertThat(weights[i]).isCloseTo(2 * Math.log(row.norm().item()), within(1e-5));
                }
            }
        }
    }

    @Test
    void receivedAttentionAddsUpToOneARowAndLeavesPaddingOut() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert");
                SequenceClassifier model = Golden.classifier("bert", Pooling.CLS)) {
            TokenBatch batch = golden.batch();
            double[] weights = TokenImportance.ATTENTION_RECEIVED.logWeights(model.stack(), batch);
            for (int row = 0; row < batch.rows(); row++) {
                double sum = 0;
                for (int i = row * batch.width(); i < (row + 1) * batch.width(); i++) {
                    double share = Math.exp(weights[i]);
                    assertThat(share).isBetween(0.0, 1.0);
                    assertThat(share > 1e-6).isEqualTo(batch.valid()[i]);
                    sum += share;
                }
                assertThat(sum).isCloseTo(1, within(1e-5));
            }
        }
    }
}
