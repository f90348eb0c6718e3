package org.frugaltorch.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlasLocatorTest {

    private static final LibtorchDefaults DEFAULTS =
            new LibtorchDefaults("9.9", TestArchives.PLATFORM, "0.9", TestArchives.PLATFORM);

    @TempDir
    private Path temporary;

    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();

    @BeforeEach
    void useACacheOfOurOwn() {
        properties.put("user.home", temporary.toString());
        variables.put("FRUGALTORCH_CACHE", temporary.resolve("cache").toString());
    }

    private Optional<Path> locate(String value) {
        variables.put("FRUGALTORCH_BLAS", value);
        Surroundings surroundings =
                new Surroundings(properties::get, variables::get, ClassLoader.getPlatformClassLoader());
        return new BlasLocator(surroundings, DEFAULTS).locate();
    }

    private void assertRefused(String value, String... parts) {
        assertThatThrownBy(() -> locate(value)).isInstanceOf(LibtorchLoadException.class)
                .hasMessageContainingAll(parts).hasMessageContaining("FRUGALTORCH_BLAS");
    }

    @Test
    void nothingIsReplacedUnlessAskedFor() {
        assertThat(locate(" ")).isEmpty();
    }

    @Test
    void aLibraryIsTakenAsItIs() throws IOException {
        Path library = Files.writeString(temporary.resolve("libblis.so.4"), "");
        assertThat(locate(library.toString())).contains(library);
    }

    @Test
    void thePropertyGoesBeforeTheVariable() throws IOException {
        Path library = Files.writeString(temporary.resolve("libblis.so.4"), "");
        properties.put("frugaltorch.blas", library.toString());
        assertThat(locate("/nowhere")).contains(library);
    }

    @Test
    void ofAFolderTheBestIsTaken() throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("lib"));
        Files.writeString(folder.resolve("libblas.so.3"), "");
        assertThat(locate(folder.toString())).contains(folder.resolve("libblas.so.3"));
        Files.writeString(folder.resolve("libmkl_rt.so.2"), "");
        assertThat(locate(folder.toString())).contains(folder.resolve("libmkl_rt.so.2"));
    }

    @Test
    void mklIsTheNewestOfTheMavenRepositoryAndUnpackedOnce() throws IOException {
        for (String version : new String[] {"2024.0-1", "2025.3-1"}) {
            Path folder = Files.createDirectories(temporary.resolve(".m2/repository/org/bytedeco/mkl/" + version));
            TestArchives.mkl(folder, version);
        }
        Path unpacked = temporary.resolve("cache/mkl-2025.3-1-" + TestArchives.PLATFORM + "-redist");
        assertThat(locate("mkl")).contains(unpacked.resolve("libmkl_rt.so.2")).isEqualTo(locate("mkl"));
        assertThat(unpacked.resolve("libmkl_gnu_thread.so.2")).exists();
        assertThat(unpacked.resolve("libmkl_vml_avx2.so.2")).doesNotExist();
    }

    @Test
    void anArchiveIsUnpacked() throws IOException {
        assertThat(locate(TestArchives.mkl(temporary, "1.0").toString()).orElseThrow())
                .startsWith(temporary.resolve("cache")).hasFileName("libmkl_rt.so.2");
        assertRefusedArchive(TestArchives.openblas(temporary));
    }

    private void assertRefusedArchive(Path archive) {
        assertThatThrownBy(() -> locate(archive.toString())).isInstanceOf(LibtorchLoadException.class)
                .hasMessageContaining("holds libmkl_rt.so");
    }

    @Test
    void whatIsNotThereIsOneSentence() throws IOException {
        assertRefused("/nowhere", "set to /nowhere, which is neither a file nor a folder: name a BLAS library");
        assertRefused(Files.createDirectory(temporary.resolve("empty")).toString(), "which holds none of libmkl_rt.so");
        assertRefused("mkl", "holds no archive of it: get one with `mvn dependency:get -Dartifact=org.bytedeco:mkl:");
    }
}
