package org.frugaltorch.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/** Opens shared libraries for the life of the process, and says why when one cannot be. */
@SuppressWarnings("restricted")
final class LibraryOpener {

    private static final int RTLD_LAZY = 1;
    private static final int RTLD_GLOBAL = 0x100;
    private static final long LONGEST_REASON = 8192;

    private LibraryOpener() {}

    /** @throws LibtorchLoadException with the reason, the dynamic linker's where it is the one who knows */
    static SymbolLookup open(Path library) {
        Optional<String> problem = ElfFile.problem(library);
        if (problem.isPresent()) {
            throw new LibtorchLoadException(library + " cannot be loaded: " + problem.get());
        }
        try {
            return SymbolLookup.libraryLookup(library, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new LibtorchLoadException(library + " cannot be loaded: " + reason(library).orElse(e.getMessage()), e);
        }
    }

    /**
     * Opens a library whose functions take the place of those that libraries opened later would find elsewhere.
     *
     * @throws LibtorchLoadException as {@link #open}
     */
    static SymbolLookup openBefore(Path library) {
        SymbolLookup symbols = open(library);
        // Already in memory, so this changes nothing but who sees it.
        openAgain(library, RTLD_LAZY | RTLD_GLOBAL).ifPresent(problem -> {
            throw new LibtorchLoadException(library + " cannot be loaded: " + problem);
        });
        return symbols;
    }

    /** The JDK keeps the dynamic linker's reason to itself, so the failing call is made again to hear it. */
    private static Optional<String> reason(Path library) {
        return openAgain(library, RTLD_LAZY);
    }

    /** The dynamic linker's reason why it cannot; empty when it can. */
    private static Optional<String> openAgain(Path library, int flags) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> dlopen = linker.defaultLookup().find("dlopen");
        Optional<MemorySegment> dlerror = linker.defaultLookup().find("dlerror");
        if (dlopen.isEmpty() || dlerror.isEmpty()) {
            return Optional.empty();
        }
        var open = linker.downcallHandle(dlopen.get(),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        var error = linker.downcallHandle(dlerror.get(), FunctionDescriptor.of(ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = (MemorySegment) open.invokeExact(arena.allocateFrom(library.toString()), flags);
            if (handle.address() != 0) {
                return Optional.empty();
            }
            MemorySegment text = (MemorySegment) error.invokeExact();
            return text.address() == 0
                    ? Optional.empty()
                    : Optional.of(text.reinterpret(LONGEST_REASON).getString(0));
        } catch (Throwable e) {
            return Optional.empty();
        }
    }
}
