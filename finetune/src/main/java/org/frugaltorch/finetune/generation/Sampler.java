package org.frugaltorch.finetune.generation;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/** Chooses the next token by its score. */
final class Sampler {
    private final GenerationSettings settings;
    private final RandomGenerator random;

    Sampler(GenerationSettings settings) {
        this.settings = settings;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(settings.seed());
    }

    /** @param scores of every token [V] */
    long next(Tensor scores) {
        try (TensorScope scope = TensorScope.open()) {
            if (settings.temperature() == 0) {
                return scores.argmax(0).itemLong();
            }
            long vocabulary = scores.size(0);
            boolean all = settings.topK() == 0 || settings.topK() >= vocabulary;
            Tensor[] best = all ? scores.sort(0, true) : scores.topk(settings.topK(), 0); // likeliest first
            return best[1].toLongs()[draw(probabilities(best[0].toDoubles()))];
        }
    }

    private double[] probabilities(double[] scores) {
        double[] result = Arrays.stream(scores)
                .map(score -> Math.exp((score - scores[0]) / settings.temperature()))
                .toArray();
        double sum = Arrays.stream(result).sum();
        return Arrays.stream(result).map(p -> p / sum).toArray();
    }

    /** An index by its probability, among the first that together reach top-p. */
    private int draw(double[] probabilities) {
        int kept = 0;
        double mass = 0;
        while (kept < probabilities.length && (kept == 0 || mass < settings.topP())) {
            mass += probabilities[kept++];
        }
        double left = random.nextDouble() * mass;
        for (int i = 0; i < kept - 1; i++) {
            left -= probabilities[i];
            if (left < 0) {
                return i;
            }
        }
        return kept - 1;
    }
}
