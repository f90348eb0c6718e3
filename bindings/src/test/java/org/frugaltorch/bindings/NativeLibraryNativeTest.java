package org.frugaltorch.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("restricted")
class NativeLibraryNativeTest {

    @TempDir
    private Path temporary;

    @Test
    void loadsTheLibtorchOfTheBuild() {
        LibtorchInfo info = NativeLibrary.info();

        assertThat(info.version().isAtLeast(LibtorchVersion.OLDEST)).isTrue();
        assertThat(info.home().resolve("libtorch_cpu.so")).exists();
        assertThat(NativeLibrary.symbols().find("torch_call_dispatcher")).isPresent();
        assertThat(NativeLibrary.address("_ZN3c1010TensorImpl12mutable_gradEv").address()).isNotZero();
        assertThat(NativeLibrary.info()).isSameAs(info);
    }

    @Test
    void aSymbolThatIsNotThereIsOneSentence() {
        assertThatThrownBy(() -> NativeLibrary.address("torch_does_not_exist"))
                .isInstanceOf(NativeException.class)
                .hasMessageContainingAll("libtorch " + NativeLibrary.info().version(), "no symbol torch_does_not_exist");
    }

    @Test
    void severalClassLoadersShareIt() throws Exception {
        URL classes = Path.of("target", "classes").toUri().toURL();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Class<?> other = loader.loadClass(NativeLibrary.class.getName());
            assertThat(other).isNotSameAs(NativeLibrary.class);
            Object info = other.getMethod("info").invoke(null);

            assertThat(info).hasToString(NativeLibrary.info().toString());
            Object address = other.getMethod("address", String.class).invoke(null, "torch_call_dispatcher");
            assertThat(address).isEqualTo(NativeLibrary.address("torch_call_dispatcher"));
        }
    }

    @Test
    void aFileThatIsNoLibraryIsOneSentence() throws IOException {
        Files.writeString(temporary.resolve("libc10.so"), "certainly not a shared library");

        assertRefused("it is not a shared library (it has no ELF header)");
    }

    @Test
    void aLibraryOfAnotherProcessorIsOneSentence() throws IOException {
        byte[] library = Files.readAllBytes(NativeLibrary.info().home().resolve("libc10.so"));
        short riscv = 243;
        ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN).putShort(18, riscv);
        Files.write(temporary.resolve("libc10.so"), library);

        assertRefused("it is made for riscv64 and this Java runs on " + System.getProperty("os.arch"));
    }

    /** The dynamic linker would map the missing part and the process would die at the first touch of it. */
    @Test
    void aLibraryThatIsCutShortIsOneSentenceAndNoCrash() throws IOException {
        byte[] library = Files.readAllBytes(NativeLibrary.info().home().resolve("libc10.so"));
        for (int size : new int[] {40, 100, 4_000, 1_000_000}) {
            Files.write(temporary.resolve("libc10.so"), Arrays.copyOf(library, size));

            assertRefused("it is cut short");
        }
    }

    @Test
    void anUnresolvedDependencyIsOneSentenceWithTheLinkersReason() throws IOException {
        byte[] library = Files.readAllBytes(NativeLibrary.info().home().resolve("libgfortran.so.5"));
        // Both the name by which it is loaded and the one that it asks for are made unknown.
        String text = new String(library, StandardCharsets.ISO_8859_1);
        text = text.replace("libquadmath.so.0", "libquadmish.so.0").replace("libgfortran.so.5", "libgfortrex.so.5");
        Files.write(temporary.resolve("libgfortran.so.5"), text.getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> load(temporary))
                .isInstanceOf(LibtorchLoadException.class)
                .hasMessageContainingAll("libgfortran.so.5 cannot be loaded", "libquadmish.so.0: cannot open shared object");
    }

    private void assertRefused(String reason) {
        assertThatThrownBy(() -> load(temporary))
                .isInstanceOf(LibtorchLoadException.class)
                .hasMessageContainingAll(temporary.resolve("libc10.so") + " cannot be loaded: " + reason);
    }

    @Test
    void aLibraryWithoutTheAbiIsTooOld() throws IOException {
        Path home = NativeLibrary.info().home();
        Files.copy(home.resolve("libgomp.so.1"), temporary.resolve("libtorch_cpu.so"));

        assertThatThrownBy(() -> load(temporary))
                .isInstanceOf(LibtorchLoadException.class)
                .hasMessageContainingAll("too old", "2.10.0 or newer");
    }

    @Test
    void aBlasLibraryTakesThePlaceOfLibtorchsOwn() throws Throwable {
        Path own = Files.copy(NativeLibrary.info().home().resolve("libopenblas.so.0"), temporary.resolve("libblas.so"));
        SymbolLookup opened = LibraryOpener.openBefore(own);

        // What the dynamic linker finds first, whoever asks.
        Linker linker = Linker.nativeLinker();
        MethodHandle dlsym = linker.downcallHandle(linker.defaultLookup().find("dlsym").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment first = (MemorySegment) dlsym.invokeExact(MemorySegment.NULL, arena.allocateFrom("sgemm_"));
            assertThat(first.address()).isEqualTo(opened.find("sgemm_").orElseThrow().address());
        }
    }

    @Test
    void aLibraryWithoutMatrixProductsIsOneSentence() {
        Path home = NativeLibrary.info().home();
        LibtorchLocator.Found found = new LibtorchLocator.Found(home, "test");
        assertThatThrownBy(() -> new LibtorchLoader(found, Optional.of(home.resolve("libgomp.so.1"))).load())
                .isInstanceOf(LibtorchLoadException.class)
                .hasMessageContainingAll("libgomp.so.1 is no BLAS library", "no function sgemm_", "FRUGALTORCH_BLAS");
    }

    private static LibtorchLoader.Loaded load(Path home) {
        return new LibtorchLoader(new LibtorchLocator.Found(home, "test"), Optional.empty()).load();
    }
}
