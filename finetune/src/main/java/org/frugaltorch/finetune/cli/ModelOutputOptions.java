package org.frugaltorch.finetune.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.frugaltorch.io.AtomicDirectory;
import org.frugaltorch.io.DataException;
import picocli.CommandLine.Option;

/** How a command writes a model directory made from another one. */
public final class ModelOutputOptions {
    private static final String SIGNATURE = "config.json";

    @Option(names = "--force", description = "Replace the directory if it holds a model.")
    private boolean force;

    @Option(names = "--max-shard-size", defaultValue = "5GB", paramLabel = "SIZE", converter = ByteSize.Converter.class,
            description = "Split weights into files of this size, with an index (default: ${DEFAULT-VALUE}).")
    private ByteSize maxShardSize;

    /** Options not given yet; picocli sets them. */
    public ModelOutputOptions() {}

    long maxShardBytes() {
        return maxShardSize.bytes();
    }

    /**
     * Checks a directory before anything is computed.
     *
     * @param sources that are read meanwhile
     * @throws DataException when it must not be written to
     */
    void check(Path out, Path... sources) {
        try {
            for (Path source : sources) {
                if (AtomicDirectory.holds(out, source)) {
                    throw new DataException("--out " + out + " is, or holds, " + source
                            + ", which is being read; choose another --out");
                }
            }
            if (Files.isRegularFile(out)) {
                throw new DataException("--out " + out + " is a file; name a directory");
            }
            if (!Files.isDirectory(out) || isEmpty(out)) {
                return;
            }
        } catch (IOException failure) {
            throw DataException.unreadable(out, failure);
        }
        if (!force) {
            throw new DataException("the directory " + out
                    + " is not empty; choose another --out, or replace it with --force");
        }
        // Everything in the directory will go: a slip such as --out . must not cost anyone their files.
        if (!Files.isRegularFile(out.resolve(SIGNATURE))) {
            throw new DataException("the directory " + out + " holds something else than a model (it has no "
                    + SIGNATURE + "), so it is not replaced; choose another --out");
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }
}
