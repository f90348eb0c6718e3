package org.frugaltorch.finetune.importer;

import java.nio.file.Path;
import java.util.function.Consumer;

/** Turns a published artefact into files that the other commands read. */
public interface Importer {
    /**
     * Fetches the artefact if need be and writes its files.
     *
     * @param directory an empty directory
     * @param progress  receives a line before each step that takes a while
     * @return one sentence about what was written
     * @throws org.frugaltorch.io.DataException if the artefact cannot be fetched, is damaged, or cannot be written
     */
    String importTo(Path directory, Consumer<String> progress);
}
