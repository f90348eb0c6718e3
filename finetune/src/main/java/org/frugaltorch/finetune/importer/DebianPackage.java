package org.frugaltorch.finetune.importer;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.frugaltorch.io.DataException;

/** A package of Debian or what derives from it, fetched by the user's own {@code apt-get} into a cache of ours. */
record DebianPackage(String name) {
    private static final String HERE = "^\\./";

    /**
     * The package's {@code .deb} on this machine, fetched if need be.
     *
     * @throws DataException if it is not in the cache and cannot be fetched
     */
    Path resolve() {
        return resolve(FetchedFile.cache(), List.of("apt-get"));
    }

    Path resolve(Path cache, List<String> apt) {
        return FetchedFile.resolve(cache.resolve("debian").resolve(name + ".deb"),
                Stream.concat(apt.stream(), Stream.of("download", name)).toList(), ".deb", "the Debian package " + name);
    }

    /**
     * Files of a package.
     *
     * @param paths as installed, without the first slash
     * @throws DataException if the package is damaged or lacks one of them
     */
    static Map<String, byte[]> files(Path deb, Set<String> paths) {
        Map<String, byte[]> found = new HashMap<>();
        Pattern names = Pattern.compile(
                "(?:" + HERE + ")?(?:" + paths.stream().map(Pattern::quote).collect(Collectors.joining("|")) + ")");
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(deb));
                ArArchiveInputStream parts = new ArArchiveInputStream(bytes)) {
            for (ArchiveEntry part = parts.getNextEntry(); part != null; part = parts.getNextEntry()) {
                if (part.getName().startsWith("data.tar")) {
                    if (!part.getName().endsWith(".xz")) {
                        throw new DataException(deb + " holds its files as " + part.getName()
                                + ", of which only data.tar.xz can be read");
                    }
                    TarArchive.read(new XZCompressorInputStream(parts), names,
                            (file, content) -> found.put(file.replaceFirst(HERE, ""), content));
                }
            }
        } catch (IOException failure) {
            throw TarArchive.damaged(deb, failure);
        }
        for (String path : paths) {
            if (!found.containsKey(path)) {
                throw new DataException(deb + " holds no file " + path);
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return name;
    }
}
