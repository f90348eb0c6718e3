package org.frugaltorch.finetune.service;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a classifier says of a text.
 *
 * @param label the likeliest class
 * @param probability of that class
 * @param probabilities of all classes by name, in the order of the model's scores
 */
public record Classification(String label, double probability, Map<String, Double> probabilities) {
    public Classification {
        probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
    }
}
