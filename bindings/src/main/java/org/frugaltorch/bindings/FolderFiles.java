package org.frugaltorch.bindings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds libraries whose names carry versions. */
final class FolderFiles {
    private FolderFiles() {}

    /**
     * The files right in a folder whose names match, by name.
     *
     * @param expression a regular expression for the whole name
     */
    static List<Path> named(Path folder, String expression) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(expression)).sorted().toList();
        }
    }
}
