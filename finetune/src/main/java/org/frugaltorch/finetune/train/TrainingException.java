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
}
