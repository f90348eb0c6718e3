package org.frugaltorch.finetune.service;

import java.util.List;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.method.TrainedClassifier;
import org.frugaltorch.finetune.model.Classifier;

/**
 * A loaded classifier with what its inputs need.
 *
 * @param <M> the kind of classifier
 * @param labels names of the classes, in the order of their scores
 * @param limit of an input: what the model has positions for
 */
record ServedClassifier<M extends Classifier>(
        PreparedClassifier<M> classifier, List<String> labels, Tokenizer tokenizer, MaxLength limit, int batchSize)
        implements AutoCloseable {
    /** Batches that are answered at once: they are sorted by length among themselves, so that little is padding. */
    private static final int BATCHES = 16;

    /** Starts a thread that opens a classifier and answers by it. */
    static <M extends Classifier, Q, A> BatchingWorker<Q, A> worker(
            String name, TrainedClassifier<M> trained, ServiceSettings settings, Answering<M, Q, A> answering) {
        return new BatchingWorker<>(name, Math.multiplyExact(settings.batchSize(), BATCHES), () -> {
            ServedClassifier<M> served = open(trained, settings);
            return new BatchingWorker.Model<>() {
                @Override
                public List<A> answer(List<Q> questions) {
                    return answering.answer(served, questions);
                }

                @Override
                public void close() {
                    served.close();
                }
            };
        });
    }

    /** What a classifier of a kind makes of questions. */
    @FunctionalInterface
    interface Answering<M extends Classifier, Q, A> {
        List<A> answer(ServedClassifier<M> served, List<Q> questions);
    }

    private static <M extends Classifier> ServedClassifier<M> open(
            TrainedClassifier<M> trained, ServiceSettings settings) {
        Tokenizer tokenizer = Tokenizer.open(trained.base().path());
        try {
            return new ServedClassifier<>(trained.load(settings.dtype(), settings.device()), trained.labels(), tokenizer,
                    new MaxLength(trained.base().config().maxPositionEmbeddings(), true), settings.batchSize());
        } catch (RuntimeException failure) {
            tokenizer.close();
            throw failure;
        }
    }

    BatchSettings batching() {
        return BatchSettings.evaluation(batchSize, tokenizer.padId());
    }

    @Override
    public void close() {
        try (tokenizer) {
            classifier.close();
        }
    }
}
