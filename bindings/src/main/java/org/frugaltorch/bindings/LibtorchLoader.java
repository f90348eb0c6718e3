package org.frugaltorch.bindings;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Loads libtorch from one folder and checks that it is one we can work with. */
@SuppressWarnings("restricted")
final class LibtorchLoader {

    /**
     * What libtorch is linked to, dependencies first. Opened by full path, each satisfies the name that the next one
     * asks for, so no search path is needed. A folder has its own choice of them; PyTorch's has gomp under other names.
     */
    private static final List<String> DEPENDENCIES =
            List.of("libquadmath.so.*", "libgfortran*.so.*", "libgomp*.so.*", "libopenblas*.so.*", "libc10.so");

    /** The function of a BLAS library that most of the time is spent in. */
    private static final String MATRIX_PRODUCT = "sgemm_";

    /** Registering their operators is what opening these does. */
    private static final List<String> CUDA = List.of("libc10_cuda.so", "libtorch_cuda.so");

    /**
     * A libtorch in this process.
     *
     * @param info    what it is
     * @param symbols its functions and data
     * @param blas    functions of the BLAS library that takes the place of libtorch's, if one does
     */
    record Loaded(LibtorchInfo info, SymbolLookup symbols, Optional<SymbolLookup> blas) {}

    private final LibtorchLocator.Found found;
    private final Optional<Path> blas;

    /** @param blas a library to take the place of the one that libtorch is linked to */
    LibtorchLoader(LibtorchLocator.Found found, Optional<Path> blas) {
        this.found = found;
        this.blas = blas;
    }

    /** @throws LibtorchLoadException in one sentence, when it cannot be loaded or is too old */
    Loaded load() {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new LibtorchLoadException("FrugalTorch runs on Linux only for now, and this is " + System.getProperty("os.name"));
        }
        ThreadPools.configure();
        NativeHeap.configure(Surroundings.ofProcess());
        Optional<SymbolLookup> products = blas.map(LibtorchLoader::openBlas);
        for (String dependency : DEPENDENCIES) {
            filesLike(dependency).forEach(LibraryOpener::open);
        }
        List<SymbolLookup> lookups = new ArrayList<>();
        lookups.add(LibraryOpener.open(found.home().resolve(LibtorchLocator.MAIN_LIBRARY)));
        LibtorchVersion version = version(lookups.getFirst());
        lookups.add(LibraryOpener.open(found.home().resolve("libc10.so")));
        boolean cuda = Files.exists(found.home().resolve(CUDA.getLast()));
        Optional<String> cudaProblem = cuda ? loadCuda(lookups) : Optional.empty();
        LibtorchInfo info = new LibtorchInfo(
                found.home(), found.how(), version, blas, cuda && cudaProblem.isEmpty(), cudaProblem);
        return new Loaded(info, lookups.stream().reduce(SymbolLookup::or).orElseThrow(), products);
    }

    private static SymbolLookup openBlas(Path library) {
        SymbolLookup symbols = LibraryOpener.openBefore(library);
        if (symbols.find(MATRIX_PRODUCT).isEmpty()) {
            throw new LibtorchLoadException(library + " is no BLAS library that libtorch could use: it has no function "
                    + MATRIX_PRODUCT + "; change " + BlasLocator.VARIABLE + " or unset it");
        }
        return symbols;
    }

    /** A machine without CUDA's own libraries can still use the processor, so a failure is told and not thrown. */
    private Optional<String> loadCuda(List<SymbolLookup> lookups) {
        try {
            for (String library : CUDA) {
                lookups.add(LibraryOpener.open(found.home().resolve(library)));
            }
            return Optional.empty();
        } catch (LibtorchLoadException e) {
            return Optional.of(e.getMessage());
        }
    }

    private List<Path> filesLike(String pattern) {
        try {
            return FolderFiles.named(found.home(), pattern.replace(".", "\\.").replace("*", ".*"));
        } catch (IOException e) {
            throw new LibtorchLoadException("The folder " + found.home() + " (" + found.how() + ") cannot be read: " + e, e);
        }
    }

    private LibtorchVersion version(SymbolLookup symbols) {
        MemorySegment function = symbols.find("aoti_torch_abi_version").orElseThrow(() -> tooOld("a libtorch"));
        try {
            long abi = (long) Linker.nativeLinker()
                    .downcallHandle(function, FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                    .invokeExact();
            LibtorchVersion version = LibtorchVersion.ofAbi(abi);
            if (!version.isAtLeast(LibtorchVersion.OLDEST)) {
                throw tooOld("libtorch " + version);
            }
            return version;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a call into C throws nothing checked", e);
        }
    }

    private LibtorchLoadException tooOld(String what) {
        return new LibtorchLoadException(found.home() + " (" + found.how() + ") holds " + what
                + " that is too old: FrugalTorch needs libtorch " + LibtorchVersion.OLDEST + " or newer");
    }
}
