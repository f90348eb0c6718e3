package org.frugaltorch.finetune.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.frugaltorch.io.AtomicDirectory;
import org.frugaltorch.io.DataException;

/**
 * Where a run keeps its files.
 *
 * @param path the folder of one method's run
 * @param checkpoints whether the run can be resumed after a kill, at the price of writing weights and moments
 * @param existing what becomes of a run that is there already
 */
public record RunFolder(Path path, boolean checkpoints, Existing existing) {
    /** What to do about a run that the folder holds already. */
    public enum Existing {
        /** Nobody's results are lost by a slip. */
        REFUSE,
        /** Goes on from its checkpoint; starts if there is no run. */
        RESUME,
        /** Removes it when the new one begins. */
        REPLACE
    }

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

    /**
     * Says early what would make a run fail late.
     *
     * @throws DataException if there is a run in the way
     */
    public void check() {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new DataException("cannot write results below " + path + ": it is a file; name a folder with --out");
        }
        if (existing == Existing.REFUSE && (Files.exists(log()) || Files.exists(model()))) {
            throw new DataException("the folder " + path + " holds a run already; go on with it (--resume), replace it"
                    + " (--force), or choose another --out");
        }
        if (existing == Existing.RESUME && Files.exists(model()) && !hasCheckpoint()) {
            throw new DataException("the run in " + path + " cannot be resumed, as it has a model but no checkpoint;"
                    + " replace it (--force), or choose another --out");
        }
    }

    /** Makes room for the run. */
    void begin() {
        check();
        if (existing == Existing.REPLACE) {
            AtomicDirectory.delete(checkpoint());
            AtomicDirectory.delete(model());
            try {
                Files.deleteIfExists(log());
            } catch (IOException failure) {
                throw DataException.unwritable(log(), failure);
            }
        }
    }

    boolean isResumed() {
        return existing == Existing.RESUME;
    }

    boolean hasCheckpoint() {
        if (isResumed()) {
            AtomicDirectory.recover(checkpoint());
        }
        return isResumed() && Files.isDirectory(checkpoint());
    }
}
