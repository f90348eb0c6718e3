package org.frugaltorch.finetune.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
     * Says early what would make a run fail late, or take away what it begins with.
     *
     * @param sources that are read; those that are null do not matter
     * @throws DataException if there is a run in the way, or a source is in the one to be replaced
     */
    public void check(Path... sources) {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new DataException("cannot write results below " + path + ": it is a file; name a folder with --out");
        }
        if (existing == Existing.REFUSE && (Files.exists(log()) || Files.exists(model()))) {
            throw new DataException("the folder " + path + " holds a run already; go on with it (--resume), replace it"
                    + " (--force), or choose another --out");
        }
        if (existing == Existing.RESUME && Files.exists(model()) && !hasCheckpoint() && !wasKilledInFirstCheckpoint()) {
            throw new DataException("the run in " + path + " cannot be resumed, as it has a model but no checkpoint;"
                    + " replace it (--force), or choose another --out");
        }
        for (Path source : sources) {
            if (existing == Existing.REPLACE && source != null
                    && (AtomicDirectory.holds(model(), source) || AtomicDirectory.holds(checkpoint(), source))) {
                throw new DataException("--force would remove the run in " + path + ", and with it " + source
                        + ", which is what to begin with; choose another --out");
            }
        }
    }

    /** A run that was killed there has a model and begins again, to the same steps. */
    private boolean wasKilledInFirstCheckpoint() {
        if (!Files.exists(log())) {
            return false;
        }
        List<RunRecord> records = RunLog.read(log());
        return records.stream().filter(record -> record instanceof RunRecord.Evaluation).count() == 1
                && records.stream().noneMatch(record -> record instanceof RunRecord.Event);
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
