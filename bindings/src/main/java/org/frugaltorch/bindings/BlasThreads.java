package org.frugaltorch.bindings;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Gives the BLAS library one thread while a kernel of libtorch is at work that has threads of its own and multiplies small
 * matrices on each. OpenBLAS would hand every one of those products to its own threads, one product after the other under
 * a lock, and most of the time would go into waiting. libtorch's own number of threads is not OpenBLAS's either, hence
 * {@link #set}. Without OpenBLAS, or MKL in its place, both do nothing.
 */
public final class BlasThreads implements AutoCloseable {
    private static final Pool POOL = new Pool();

    private BlasThreads() {
        POOL.enter();
    }

    /** One thread until closed; may be nested and used by several threads, the last to leave restores what was. */
    public static BlasThreads single() {
        return new BlasThreads();
    }

    /** How many threads the BLAS library may use whenever nobody asked for a single one. */
    public static void set(int count) {
        POOL.set(count);
    }

    /** How many threads the BLAS library uses now; empty without OpenBLAS and MKL. */
    public static OptionalInt count() {
        return POOL.count();
    }

    @Override
    public void close() {
        POOL.leave();
    }

    /** The number is the whole process's, so those who want a single thread are counted. */
    @SuppressWarnings("restricted")
    private static final class Pool {
        private static final String MKL_SET = "MKL_Set_Num_Threads";
        private final MethodHandle get;
        private final MethodHandle set;
        private int users;
        private int before;

        Pool() {
            Optional<SymbolLookup> replacement = NativeLibrary.blas();
            SymbolLookup blas = replacement.orElseGet(NativeLibrary::symbols);
            boolean mkl = replacement.flatMap(symbols -> symbols.find(MKL_SET)).isPresent();
            get = find(blas, mkl ? "MKL_Get_Max_Threads" : "openblas_get_num_threads",
                    FunctionDescriptor.of(ValueLayout.JAVA_INT));
            set = find(blas, mkl ? MKL_SET : "openblas_set_num_threads",
                    FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        }

        private static MethodHandle find(SymbolLookup symbols, String name, FunctionDescriptor type) {
            MemorySegment address = symbols.find(name).orElse(null);
            return address == null ? null : Linker.nativeLinker().downcallHandle(address, type);
        }

        synchronized void enter() {
            if (users++ == 0 && isThere()) {
                before = now();
                change(1);
            }
        }

        synchronized void leave() {
            if (--users == 0 && isThere()) {
                change(before);
            }
        }

        synchronized void set(int count) {
            if (!isThere()) {
                return;
            }
            if (users > 0) {
                before = count;
            } else {
                change(count);
            }
        }

        private boolean isThere() {
            return get != null && set != null;
        }

        synchronized OptionalInt count() {
            return isThere() ? OptionalInt.of(now()) : OptionalInt.empty();
        }

        private int now() {
            try {
                return (int) get.invokeExact();
            } catch (Throwable failure) {
                throw unexpected(failure);
            }
        }

        private void change(int count) {
            try {
                set.invokeExact(count);
            } catch (Throwable failure) {
                throw unexpected(failure);
            }
        }

        private static AssertionError unexpected(Throwable failure) {
            return new AssertionError("a call into C throws nothing", failure);
        }
    }
}
