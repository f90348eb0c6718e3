package org.frugaltorch.bindings;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The libtorch of this process: found and loaded at the first use, once. What failed then fails the same way at every
 * later use.
 */
public final class NativeLibrary {

    private static LibtorchLoader.Loaded loaded;
    private static LibtorchLoadException failure;

    private NativeLibrary() {}

    /**
     * What was loaded.
     *
     * @throws LibtorchLoadException in one sentence, when there is no usable libtorch
     */
    public static LibtorchInfo info() {
        return load().info();
    }

    /**
     * libtorch's functions and data, of all its libraries.
     *
     * @throws LibtorchLoadException in one sentence, when there is no usable libtorch
     */
    public static SymbolLookup symbols() {
        return load().symbols();
    }

    /**
     * The functions of the BLAS library that takes the place of libtorch's, if one does.
     *
     * @throws LibtorchLoadException in one sentence, when there is no usable libtorch
     */
    static Optional<SymbolLookup> blas() {
        return load().blas();
    }

    /**
     * The address of a function or datum; generated code asks for each one when it is first used.
     *
     * @throws NativeException       if this libtorch has none of that name
     * @throws LibtorchLoadException in one sentence, when there is no usable libtorch
     */
    public static MemorySegment address(String symbol) {
        LibtorchLoader.Loaded libtorch = load();
        return libtorch.symbols().find(symbol).orElseThrow(() -> new NativeException("libtorch "
                + libtorch.info().version() + " in " + libtorch.info().home() + " has no symbol " + symbol
                + ", which this needs: use the default libtorch or a newer one"));
    }

    private static synchronized LibtorchLoader.Loaded load() {
        if (failure != null) {
            throw failure;
        }
        if (loaded == null) {
            try {
                Surroundings surroundings = Surroundings.ofProcess();
                LibtorchDefaults defaults = LibtorchDefaults.load();
                Optional<Path> blas = new BlasLocator(surroundings, defaults).locate();
                loaded = new LibtorchLoader(new LibtorchLocator(surroundings, defaults).locate(), blas).load();
            } catch (LibtorchLoadException e) {
                failure = e;
                throw e;
            }
        }
        return loaded;
    }
}
