package org.frugaltorch.finetune.importer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.frugaltorch.io.DataException;

/** Reads entries of a jar. */
final class Jar {
    /** What to do with the content of an entry. */
    @FunctionalInterface
    interface Reader<T> {
        T read(InputStream content) throws IOException;
    }

    private Jar() {
    }

    /**
     * Hands the content of {@code entry} to {@code reader}.
     *
     * @throws DataException if the jar is damaged or has no such entry
     */
    static <T> T read(Path jar, String entry, Reader<T> reader) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry found = zip.getEntry(entry);
            if (found == null) {
                throw new DataException(jar + " has no entry " + entry);
            }
            try (InputStream content = zip.getInputStream(found)) {
                return reader.read(content);
            }
        } catch (IOException failure) {
            throw new DataException("cannot read " + entry + " in " + jar + ": " + failure.getMessage()
                    + "; if the file is damaged, delete it and try again", failure);
        }
    }
}
