package org.frugaltorch.finetune.train;

/** Training cannot go on; the message says at which step, why, and what to do. */
public final class TrainingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence */
    public TrainingException(String message) {
        super(message);
    }

    /** As {@link #TrainingException(String)}, keeping the {@code cause} for a stack trace. */
    public TrainingException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A model gave scores that are no numbers: the likeliest of them would still be some class. */
    public static TrainingException scoresAreNaN() {
        return new TrainingException("The model's scores are NaN, so its weights have diverged or are damaged:"
                + " train it again with a lower --learning-rate");
    }
}
