package org.frugaltorch.bindings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an installed folder was made from and holds, so that a torn or outdated one is noticed.
 *
 * @param sources names and sizes in bytes of the archives unpacked
 * @param files   names and sizes in bytes of the files in the folder
 */
record InstallManifest(Map<String, Long> sources, Map<String, Long> files) {

    static final String FILE_NAME = "frugaltorch.manifest";

    InstallManifest {
        sources = Map.copyOf(sources);
        files = Map.copyOf(files);
    }

    /** The manifest of {@code folder}; empty when there is none that can be read. */
    static Optional<InstallManifest> read(Path folder) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(folder.resolve(FILE_NAME));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        Map<String, Long> sources = new TreeMap<>();
        Map<String, Long> files = new TreeMap<>();
        for (String line : lines) {
            String[] words = line.split(" ", 3);
            if (words.length != 3 || !words[1].matches("\\d{1,18}")) {
                return Optional.empty();
            }
            (words[0].equals("source") ? sources : files).put(words[2], Long.parseLong(words[1]));
        }
        return Optional.of(new InstallManifest(sources, files));
    }

    String text() {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(sources).forEach((name, size) -> lines.add("source " + size + " " + name));
        new TreeMap<>(files).forEach((name, size) -> lines.add("file " + size + " " + name));
        return String.join("\n", lines) + "\n";
    }

    /** Whether {@code folder} has every file at its full size. */
    boolean isComplete(Path folder) throws IOException {
        for (Map.Entry<String, Long> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            if (!Files.isRegularFile(path) || Files.size(path) != file.getValue()) {
                return false;
            }
        }
        return !files.isEmpty();
    }

    /** Whether {@code folder} is an installation with nothing missing. */
    static boolean describesComplete(Path folder) throws IOException {
        Optional<InstallManifest> manifest = read(folder);
        return manifest.isPresent() && manifest.get().isComplete(folder);
    }
}
