package org.frugaltorch.finetune.lora;

import java.util.ArrayList;
import java.util.List;

/**
 * What an adapter is ("LoRA: Low-Rank Adaptation of Large Language Models", 2021). Checks itself and reports all problems
 * together.
 *
 * @param rank inner width of the two matrices
 * @param alpha numerator of the scale
 * @param dropout probability on an adapter's input, in [0, 1)
 * @param targetModules layers that get an adapter
 * @param rankStabilised whether the scale is alpha / sqrt(rank) instead of alpha / rank ("rsLoRA", 2023)
 * @param bias biases that are trained too
 * @param modulesToSave parts of the model that are trained in full and stored with the adapter, by the last parts of their
 *     names, such as {@code classifier}
 */
public record LoraSettings(
        int rank,
        double alpha,
        double dropout,
        TargetModules targetModules,
        boolean rankStabilised,
        LoraBias bias,
        List<String> modulesToSave) {

    public LoraSettings {
        modulesToSave = List.copyOf(modulesToSave);
        List<String> problems = new ArrayList<>();
        if (rank < 1) {
            problems.add("the rank must be at least 1, not " + rank);
        }
        if (!(alpha > 0) || Double.isInfinite(alpha)) {
            problems.add("alpha must be above 0, not " + alpha);
        }
        if (!(dropout >= 0 && dropout < 1)) {
            problems.add("the dropout must be in [0, 1), not " + dropout);
        }
        if (targetModules instanceof TargetModules.Endings names && names.endings().isEmpty()) {
            problems.add("at least one target module must be named");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("These LoRA settings are not usable: " + String.join("; ", problems));
        }
    }

    /** Without dropout, biases or modules to save. */
    public LoraSettings(int rank, double alpha, TargetModules targetModules) {
        this(rank, alpha, 0, targetModules, false, LoraBias.NONE, List.of());
    }

    /** What the product of the two matrices is multiplied with. */
    public double scale() {
        return rankStabilised ? alpha / Math.sqrt(rank) : alpha / rank;
    }

    /** Whether the layer or weight of that name belongs to a module to save. */
    boolean saves(String name) {
        return modulesToSave.stream().anyMatch(module -> isPartOf(module, name));
    }

    static boolean isPartOf(String module, String name) {
        return ("." + name + ".").contains("." + module + ".");
    }

    /** Whether the layer of that name gets an adapter. */
    boolean adapts(String layer) {
        return targetModules.matches(layer) && !saves(layer);
    }
}
