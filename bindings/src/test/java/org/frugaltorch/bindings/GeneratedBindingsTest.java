package org.frugaltorch.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The checked-in bindings are what the generator made of the checked-in headers. */
class GeneratedBindingsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path HEADERS = ROOT.resolve("native-headers");
    private static final Path GENERATED = ROOT.resolve("bindings/src/main/java/org/frugaltorch/bindings/generated");

    @Test
    void headersAndClassesAreThoseOfTheLastGeneration() throws Exception {
        Map<String, String> recorded = new TreeMap<>();
        for (String line : Files.readAllLines(HEADERS.resolve("checksums.txt"))) {
            recorded.put(line.substring(66), line.substring(0, 64));
        }
        Map<String, String> actual = new TreeMap<>();
        for (Path file : Stream.concat(files(HEADERS, ".h").stream(), files(GENERATED, ".java").stream()).toList()) {
            actual.put(ROOT.relativize(file).toString(), sha256(file));
        }

        assertThat(actual)
                .as("run native-headers/generate.sh after a change of a header, and never edit what it wrote")
                .isEqualTo(recorded);
    }

    @Test
    void generatedClassesLookSymbolsUpInOurLibraryOnly() throws IOException {
        for (Path file : files(GENERATED, ".java")) {
            assertThat(Files.readString(file)).as(file.toString())
                    .doesNotContain("loaderLookup", "defaultLookup", "SYMBOL_LOOKUP", "System.load");
        }
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> matching = files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
            assertThat(matching).as(folder.toString()).isNotEmpty();
            return matching;
        }
    }

    private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
