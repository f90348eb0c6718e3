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
        try (InputStream file = Files.newInputStream(archive)) {
            read(new GzipCompressorInputStream(file), names, sink);
        } catch (IOException failure) {
            throw damaged(archive, failure);
        }
    }

    /** The same for an archive that is part of another, and decompressed already. */
    static void read(InputStream archive, Pattern names, Sink sink) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(archive);
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (names.matcher(entry.getName()).matches()) {
                sink.add(entry.getName(), tar.readAllBytes());
            }
        }
    }

    static DataException damaged(Path archive, IOException failure) {
        return new DataException("cannot read " + archive + ": " + failure.getMessage()
                + "; if the file is damaged, delete it and try again", failure);
    }
}
