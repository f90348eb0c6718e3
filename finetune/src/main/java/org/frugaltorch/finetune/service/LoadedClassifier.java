package org.frugaltorch.finetune.service;

import java.util.List;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.method.TrainedClassifier;
import org.frugaltorch.finetune.model.Classifier;
import org.frugaltorch.io.DataException;

/**
 * A classifier in memory with what its inputs need.
 *
 * @param <M> the kind of classifier
 * @param classifier owned by this
 * @param labels names of the classes, in the order of their scores
 * @param tokenizer owned by this
 * @param limit of an input: what the model has positions for; longer ones are cut
 * @param batchSize inputs that are computed together
 */
public record LoadedClassifier<M extends Classifier>(
        PreparedClassifier<M> classifier, LabelSet labels, Tokenizer tokenizer, MaxLength limit, int batchSize)
        implements AutoCloseable {
    /** Batches that a service answers at once: they are sorted by length together, so that little is padding. */
    private static final int BATCHES = 16;

    /** What a classifier of a kind makes of questions. */
    @FunctionalInterface
    interface Answering<M extends Classifier, Q, A> {
        List<A> answer(LoadedClassifier<M> loaded, List<Q> questions);
    }

    /**
     * Loads a classifier with its tokenizer.
     *
     * @throws DataException when either is damaged or not there
     */
    public static <M extends Classifier> LoadedClassifier<M> load(
            TrainedClassifier<M> trained, ServiceSettings settings) {
        Tokenizer tokenizer = Tokenizer.open(trained.base().path());
        try {
            return new LoadedClassifier<>(trained.load(settings.dtype(), settings.device()),
                    LabelSet.of(trained.labels()), tokenizer,
                    new MaxLength(trained.base().config().maxPositionEmbeddings(), true), settings.batchSize());
        } catch (RuntimeException failure) {
            tokenizer.close();
            throw failure;
        }
    }

    /** Starts a thread that loads a classifier and answers by it. */
    static <M extends Classifier, Q, A> BatchingWorker<Q, A> worker(
            String name, TrainedClassifier<M> trained, ServiceSettings settings, Answering<M, Q, A> answering) {
        return new BatchingWorker<>(name, Math.multiplyExact(settings.batchSize(), BATCHES), () -> {
            LoadedClassifier<M> loaded = load(trained, settings);
            return new BatchingWorker.Model<>() {
                @Override
                public List<A> answer(List<Q> questions) {
                    return answering.answer(loaded, questions);
                }

                @Override
                public void close() {
                    loaded.close();
                }
            };
        });
    }

    /** In which inputs are computed. */
    public BatchSettings batching() {
        return BatchSettings.evaluation(batchSize, tokenizer.padId());
    }

    @Override
    public void close() {
        try (tokenizer) {
            classifier.close();
        }
    }
}
