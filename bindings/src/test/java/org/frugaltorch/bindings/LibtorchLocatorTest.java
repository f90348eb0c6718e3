package org.frugaltorch.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibtorchLocatorTest {

    private static final LibtorchDefaults DEFAULTS =
            new LibtorchDefaults("9.9", TestArchives.PLATFORM, "0.9", TestArchives.PLATFORM);

    @TempDir
    private Path temporary;

    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();
    private ClassLoader resources = ClassLoader.getPlatformClassLoader();

    @BeforeEach
    void useACacheOfOurOwn() {
        properties.put("user.home", temporary.toString());
        variables.put("FRUGALTORCH_CACHE", temporary.resolve("cache").toString());
    }

    private Surroundings surroundings() {
        return new Surroundings(properties::get, variables::get, resources);
    }

    private LibtorchLocator.Found locate() {
        return new LibtorchLocator(surroundings(), DEFAULTS).locate();
    }

    private Path folderWithLibtorch(String name) throws IOException {
        Path folder = Files.createDirectories(temporary.resolve(name));
        Files.writeString(folder.resolve("libtorch_cpu.so"), "");
        return folder;
    }

    private Path unpackedDefault() throws IOException {
        List<Path> archives = List.of(TestArchives.pytorch(temporary, 500), TestArchives.openblas(temporary));
        return LibtorchInstaller.forUser(surroundings()).install(DEFAULTS.folderName(), archives);
    }

    @Test
    void thePropertyGoesBeforeTheVariableAndThatBeforeTheDefault() throws IOException {
        Path unpacked = unpackedDefault();
        assertThat(locate()).isEqualTo(new LibtorchLocator.Found(unpacked, "the libtorch unpacked by the build"));

        Path byVariable = folderWithLibtorch("variable");
        variables.put("LIBTORCH_HOME", byVariable.toString());
        assertThat(locate()).isEqualTo(new LibtorchLocator.Found(byVariable, "LIBTORCH_HOME"));

        Path byProperty = folderWithLibtorch("property");
        properties.put("libtorch.home", byProperty.toString());
        assertThat(locate()).isEqualTo(new LibtorchLocator.Found(byProperty, "-Dlibtorch.home"));
    }

    @Test
    void aDownloadedDistributionIsUsedByItsRoot() throws IOException {
        folderWithLibtorch("libtorch/lib");
        variables.put("LIBTORCH_HOME", temporary.resolve("libtorch").toString());

        assertThat(locate().home()).isEqualTo(temporary.resolve("libtorch").resolve("lib"));
    }

    @Test
    void aNamedPlaceThatIsWrongIsAnErrorEvenIfTheDefaultIsThere() throws IOException {
        unpackedDefault();
        variables.put("LIBTORCH_HOME", temporary.resolve("gone").toString());
        assertThatThrownBy(this::locate)
                .isInstanceOf(LibtorchNotFoundException.class)
                .hasMessageContainingAll("LIBTORCH_HOME is set to " + temporary.resolve("gone"), "not a folder");

        properties.put("libtorch.home", temporary.toString());
        assertThatThrownBy(this::locate)
                .isInstanceOf(LibtorchNotFoundException.class)
                .hasMessageContainingAll("-Dlibtorch.home is set to " + temporary, "holds no libtorch_cpu.so");
    }

    @Test
    void nativesOnTheClassPathAreUnpackedAndUsed() throws IOException {
        URL pytorch = TestArchives.pytorch(temporary, 500).toUri().toURL();
        URL openblas = TestArchives.openblas(temporary).toUri().toURL();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {pytorch, openblas}, null)) {
            resources = loader;
            LibtorchLocator.Found found = locate();

            assertThat(found.how()).isEqualTo("natives on the class path");
            assertThat(found.home()).isEqualTo(temporary.resolve("cache/classpath-pytorch-9.9-linux-x86_64"));
            assertThat(found.home().resolve("libtorch_cpu.so")).hasSize(500);
            assertThat(found.home().resolve("libopenblas.so.0")).hasSize(200);
        }
    }

    @Test
    void nothingAnywhereListsEveryPlaceAndSetting() throws IOException {
        URL pytorch = TestArchives.pytorch(temporary, 500).toUri().toURL();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {pytorch}, null)) {
            resources = loader;
            assertThatThrownBy(this::locate)
                    .isInstanceOf(LibtorchNotFoundException.class)
                    .hasMessageContainingAll("-Dlibtorch.home (not set)", "LIBTORCH_HOME (not set)",
                            "LIBTORCH_USE_PYTORCH=1", "but none of org.bytedeco:openblas",
                            temporary.resolve("cache/libtorch-9.9-linux-x86_64") + " (not there)",
                            "./frugal doctor --install");
        }
    }

    @Test
    void aTornDefaultIsSaidToBeIncomplete() throws IOException {
        Files.delete(unpackedDefault().resolve("libc10.so"));

        assertThatThrownBy(this::locate).hasMessageContaining("libtorch-9.9-linux-x86_64 (incomplete)");
    }

    @Test
    void pytorchIsAskedForItsFolderAndBelieved() throws IOException {
        unpackedDefault();
        Path lib = folderWithLibtorch("site/torch/lib");
        variables.put("LIBTORCH_USE_PYTORCH", "1");
        variables.put("LIBTORCH_PYTHON", interpreter("echo " + lib.getParent()).toString());

        assertThat(locate()).isEqualTo(new LibtorchLocator.Found(lib, "LIBTORCH_USE_PYTORCH"));
    }

    @Test
    void pytorchThatIsAskedForButMissingIsAnError() throws IOException {
        unpackedDefault();
        variables.put("LIBTORCH_USE_PYTORCH", "1");
        Map<String, String> problems = Map.of(
                temporary.resolve("no-python").toString(), "cannot be started",
                interpreter("echo").toString(), "has no PyTorch",
                interpreter("exit 3").toString(), "failed when asked",
                interpreter("echo /nowhere/torch").toString(), "without /nowhere/torch/lib/libtorch_cpu.so");
        problems.forEach((python, problem) -> {
            variables.put("LIBTORCH_PYTHON", python);
            assertThatThrownBy(this::locate)
                    .isInstanceOf(LibtorchNotFoundException.class)
                    .hasMessageContainingAll("LIBTORCH_USE_PYTORCH=1 asks for the PyTorch of " + python, problem);
        });
    }

    private Path interpreter(String command) throws IOException {
        Path script = Files.createTempFile(temporary, "python", "");
        Files.writeString(script, "#!/bin/sh\n" + command + "\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    @Test
    void theCacheFollowsTheSettingsInOrder() {
        variables.clear();
        assertThat(surroundings().cacheRoot()).isEqualTo(temporary.resolve(".cache/frugaltorch"));
        variables.put("XDG_CACHE_HOME", "/xdg");
        assertThat(surroundings().cacheRoot()).isEqualTo(Path.of("/xdg/frugaltorch"));
        variables.put("FRUGALTORCH_CACHE", "/mine");
        assertThat(surroundings().cacheRoot()).isEqualTo(Path.of("/mine"));
        properties.put("frugaltorch.cache", "/given");
        assertThat(surroundings().cacheRoot()).isEqualTo(Path.of("/given"));
    }
}
