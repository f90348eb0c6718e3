package org.frugaltorch.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;

/**
 * Keeps libtorch's two pools of threads out of each other's way. Element-wise operators run on OpenMP's threads, matrix
 * products on those of the BLAS library, and either pool keeps its threads spinning for a while after its work, on the
 * very cores that the other one needs next. On two cores that makes a training step of a small BERT three times as slow.
 * Both are told to sleep instead, unless the user's environment says otherwise.
 */
@SuppressWarnings("restricted")
final class ThreadPools {
    // OpenBLAS reads its number as a power of two of clock cycles: 2^16 is some 20 microseconds.
    // MKL would bring OpenMP threads of its own beside libtorch's.
    private static final Map<String, String> SETTINGS =
            Map.of("OMP_WAIT_POLICY", "passive", "OPENBLAS_THREAD_TIMEOUT", "16", "MKL_THREADING_LAYER", "GNU");
    private static final int KEEP_WHAT_IS_SET = 0;

    private ThreadPools() {}

    /** Must run before the libraries are loaded: they read the environment once. */
    static void configure() {
        Linker linker = Linker.nativeLinker();
        MemorySegment function = linker.defaultLookup().find("setenv").orElse(null);
        if (function == null) {
            return;
        }
        MethodHandle setenv = linker.downcallHandle(function, FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            for (Map.Entry<String, String> setting : SETTINGS.entrySet()) {
                int status = (int) setenv.invokeExact(
                        arena.allocateFrom(setting.getKey()), arena.allocateFrom(setting.getValue()), KEEP_WHAT_IS_SET);
                assert status == 0 : setting;
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a call into C throws nothing checked", e);
        }
    }
}
