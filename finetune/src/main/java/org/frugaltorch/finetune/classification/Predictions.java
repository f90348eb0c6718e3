package org.frugaltorch.finetune.classification;

import java.util.List;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.train.TrainingException;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * What a model says of examples.
 *
 * @param classes likeliest class of every example
 * @param probabilities of that class
 */
public record Predictions(int[] classes, float[] probabilities) {

    /** Runs a model over all examples, in their order. */
    public static Predictions of(
            SequenceClassifier model, ActivationStrategy strategy, List<Encoding> encodings, BatchSettings batching) {
        Predictions result = new Predictions(new int[encodings.size()], new float[encodings.size()]);
        Batcher batcher = new Batcher(encodings, BatchSettings.evaluation(batching.batchSize(), batching.padId()));
        for (Batch batch : batcher.epoch(0)) {
            try (TensorScope scope = TensorScope.open();
                    GradMode off = GradMode.disabled()) {
                Tensor logits = model.logits(strategy, batch.toTokens(), ForwardMode.EVALUATE); // [B, classes]
                Tensor[] best = Functional.softmax(logits, -1).topk(1, -1);
                float[] probabilities = best[0].toFloats();
                int[] classes = best[1].toInts();
                for (int row = 0; row < classes.length; row++) {
                    if (Float.isNaN(probabilities[row])) {
                        throw TrainingException.scoresAreNaN();
                    }
                    result.classes[batch.examples()[row]] = classes[row];
                    result.probabilities[batch.examples()[row]] = probabilities[row];
                }
            }
        }
        return result;
    }
}
