package org.frugaltorch.finetune.lora;

/** Which adapter all layers of a model compute with now, and how. */
final class LoraSwitch {
    private volatile String computing;
    private volatile boolean training;

    /** The adapter that layers compute with; null for the layers alone. */
    String computing() {
        return computing;
    }

    void compute(String adapter) {
        computing = adapter;
    }

    /** Whether dropout acts. */
    boolean training() {
        return training;
    }

    void train(boolean now) {
        training = now;
    }
}
