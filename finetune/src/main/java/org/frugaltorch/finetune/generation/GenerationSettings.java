package org.frugaltorch.finetune.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How a text is continued. Checks itself and reports all problems together.
 *
 * @param maxNewTokens most tokens to add
 * @param temperature scores are divided by it before a token is drawn; 0 always takes the likeliest token
 * @param topK draws among that many likeliest tokens only; 0 for all
 * @param topP draws among the likeliest tokens that together have at least this probability; 1 for all
 * @param stopTokens tokens that end the text; the one that did is part of the result
 * @param seed of the draws
 */
public record GenerationSettings(
        int maxNewTokens, double temperature, int topK, double topP, Set<Long> stopTokens, long seed) {
    public GenerationSettings {
        stopTokens = Set.copyOf(stopTokens);
        List<String> problems = new ArrayList<>();
        if (maxNewTokens < 1) {
            problems.add("the number of new tokens must be at least 1, not " + maxNewTokens);
        }
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            problems.add("the temperature must not be negative, but is " + temperature);
        }
        if (topK < 0) {
            problems.add("top-k must not be negative, but is " + topK);
        }
        if (!(topP > 0 && topP <= 1)) {
            problems.add("top-p must be above 0 and at most 1, not " + topP);
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** The likeliest token every time. */
    public static GenerationSettings greedy(int maxNewTokens, Set<Long> stopTokens) {
        return new GenerationSettings(maxNewTokens, 0, 0, 1, stopTokens, 0);
    }

    /** The same with another bound. */
    public GenerationSettings withMaxNewTokens(int bound) {
        return new GenerationSettings(bound, temperature, topK, topP, stopTokens, seed);
    }
}
