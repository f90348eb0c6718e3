package org.frugaltorch.finetune.importer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.frugaltorch.io.DataException;

/** Reads files in a compressed tar archive, such as a package of npm. */
final class TarArchive {
    /** Takes one file. */
    @FunctionalInterface
    interface Sink {
        void add(String name, byte[] content) throws IOException;
    }

    private TarArchive() {
    }

    /**
     * Hands over the files whose whole name matches, in the order of the archive.
     *
     * @throws DataException if the archive is damaged
     */
    static void read(Path archive, Pattern names, Sink sink) {
        try (InputStream file = Files.newInputStream(archive);
                TarArchiveInputStream tar = new TarArchiveInputStream(new GzipCompressorInputStream(file))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (names.matcher(entry.getName()).matches()) {
                    sink.add(entry.getName(), tar.readAllBytes());
                }
            }
        } catch (IOException failure) {
            throw new DataException("cannot read " + archive + ": " + failure.getMessage()
                    + "; if the file is damaged, delete it and try again", failure);
        }
    }
}
