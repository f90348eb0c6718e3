package org.frugaltorch.finetune.train;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a run keeps its files.
 *
 * @param path the folder of one method's run
 * @param checkpoints whether the run can be resumed after a kill, at the price of writing weights and moments
 * @param resume whether to go on from a checkpoint that is there
 */
public record RunFolder(Path path, boolean checkpoints, boolean resume) {
    /** The best model so far. */
    public Path model() {
        return path.resolve("model");
    }

    /** The log of steps and evaluations. */
    public Path log() {
        return path.resolve("log.jsonl");
    }

    Path checkpoint() {
        return path.resolve("checkpoint");
    }

    boolean hasCheckpoint() {
        return resume && Files.isDirectory(checkpoint());
    }
}
