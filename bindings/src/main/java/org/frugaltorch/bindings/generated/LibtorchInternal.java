// Generated from native-headers/libtorch_internal.h by jextract and native-headers/generate.sh: do not edit.

package org.frugaltorch.bindings.generated;

import java.lang.invoke.*;
import java.lang.foreign.*;
import java.nio.ByteOrder;
import java.util.*;
import java.util.function.*;
import java.util.stream.*;

import static java.lang.foreign.ValueLayout.*;
import static java.lang.foreign.MemoryLayout.PathElement.*;

@SuppressWarnings("restricted")
public class LibtorchInternal extends NativeLayouts {

    LibtorchInternal() {
        // Should not be called directly
    }

    /**
     * {@snippet lang=c :
     * typedef signed char int8_t
     * }
     */
    public static final OfByte int8_t = LibtorchInternal.C_CHAR;
    /**
     * {@snippet lang=c :
     * typedef short int16_t
     * }
     */
    public static final OfShort int16_t = LibtorchInternal.C_SHORT;
    /**
     * {@snippet lang=c :
     * typedef int int32_t
     * }
     */
    public static final OfInt int32_t = LibtorchInternal.C_INT;
    /**
     * {@snippet lang=c :
     * typedef long long int64_t
     * }
     */
    public static final OfLong int64_t = LibtorchInternal.C_LONG_LONG;
    /**
     * {@snippet lang=c :
     * typedef unsigned char uint8_t
     * }
     */
    public static final OfByte uint8_t = LibtorchInternal.C_CHAR;
    /**
     * {@snippet lang=c :
     * typedef unsigned long long uint64_t
     * }
     */
    public static final OfLong uint64_t = LibtorchInternal.C_LONG_LONG;

    private static class TensorImpl_mutableGrad {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            LibtorchInternal.C_LONG_LONG,
            LibtorchInternal.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN3c1010TensorImpl12mutable_gradEv");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * uint64_t TensorImpl_mutableGrad(uint64_t tensorImpl)
     * }
     */
    public static FunctionDescriptor TensorImpl_mutableGrad$descriptor() {
        return TensorImpl_mutableGrad.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * uint64_t TensorImpl_mutableGrad(uint64_t tensorImpl)
     * }
     */
    public static MethodHandle TensorImpl_mutableGrad$handle() {
        return TensorImpl_mutableGrad.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * uint64_t TensorImpl_mutableGrad(uint64_t tensorImpl)
     * }
     */
    public static MemorySegment TensorImpl_mutableGrad$address() {
        return TensorImpl_mutableGrad.ADDR;
    }

    /**
     * {@snippet lang=c :
     * uint64_t TensorImpl_mutableGrad(uint64_t tensorImpl)
     * }
     */
    public static long TensorImpl_mutableGrad(long tensorImpl) {
        var mh$ = TensorImpl_mutableGrad.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("TensorImpl_mutableGrad", tensorImpl);
            }
            return (long)mh$.invokeExact(tensorImpl);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class TensorImpl_requiresGrad {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            LibtorchInternal.C_CHAR,
            LibtorchInternal.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZNK3c1010TensorImpl13requires_gradEv");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * uint8_t TensorImpl_requiresGrad(uint64_t tensorImpl)
     * }
     */
    public static FunctionDescriptor TensorImpl_requiresGrad$descriptor() {
        return TensorImpl_requiresGrad.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * uint8_t TensorImpl_requiresGrad(uint64_t tensorImpl)
     * }
     */
    public static MethodHandle TensorImpl_requiresGrad$handle() {
        return TensorImpl_requiresGrad.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * uint8_t TensorImpl_requiresGrad(uint64_t tensorImpl)
     * }
     */
    public static MemorySegment TensorImpl_requiresGrad$address() {
        return TensorImpl_requiresGrad.ADDR;
    }

    /**
     * {@snippet lang=c :
     * uint8_t TensorImpl_requiresGrad(uint64_t tensorImpl)
     * }
     */
    public static byte TensorImpl_requiresGrad(long tensorImpl) {
        var mh$ = TensorImpl_requiresGrad.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("TensorImpl_requiresGrad", tensorImpl);
            }
            return (byte)mh$.invokeExact(tensorImpl);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class Tensor_setGradientHook {
        public static final FunctionDescriptor DESC = FunctionDescriptor.ofVoid(
            LibtorchInternal.C_LONG_LONG,
            LibtorchInternal.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN5torch8autograd4impl23set_post_acc_grad_hooksERKN2at10TensorBaseESt10unique_ptrINS0_22PostAccumulateGradHookESt14default_deleteIS7_EE");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * void Tensor_setGradientHook(uint64_t tensor, uint64_t *owner)
     * }
     */
    public static FunctionDescriptor Tensor_setGradientHook$descriptor() {
        return Tensor_setGradientHook.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * void Tensor_setGradientHook(uint64_t tensor, uint64_t *owner)
     * }
     */
    public static MethodHandle Tensor_setGradientHook$handle() {
        return Tensor_setGradientHook.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * void Tensor_setGradientHook(uint64_t tensor, uint64_t *owner)
     * }
     */
    public static MemorySegment Tensor_setGradientHook$address() {
        return Tensor_setGradientHook.ADDR;
    }

    /**
     * {@snippet lang=c :
     * void Tensor_setGradientHook(uint64_t tensor, uint64_t *owner)
     * }
     */
    public static void Tensor_setGradientHook(long tensor, MemorySegment owner) {
        var mh$ = Tensor_setGradientHook.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("Tensor_setGradientHook", tensor, owner);
            }
            mh$.invokeExact(tensor, owner);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class TensorImpl_autogradMeta {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            LibtorchInternal.C_LONG_LONG,
            LibtorchInternal.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZNK3c1010TensorImpl13autograd_metaEv");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * uint64_t TensorImpl_autogradMeta(uint64_t tensorImpl)
     * }
     */
    public static FunctionDescriptor TensorImpl_autogradMeta$descriptor() {
        return TensorImpl_autogradMeta.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * uint64_t TensorImpl_autogradMeta(uint64_t tensorImpl)
     * }
     */
    public static MethodHandle TensorImpl_autogradMeta$handle() {
        return TensorImpl_autogradMeta.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * uint64_t TensorImpl_autogradMeta(uint64_t tensorImpl)
     * }
     */
    public static MemorySegment TensorImpl_autogradMeta$address() {
        return TensorImpl_autogradMeta.ADDR;
    }

    /**
     * {@snippet lang=c :
     * uint64_t TensorImpl_autogradMeta(uint64_t tensorImpl)
     * }
     */
    public static long TensorImpl_autogradMeta(long tensorImpl) {
        var mh$ = TensorImpl_autogradMeta.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("TensorImpl_autogradMeta", tensorImpl);
            }
            return (long)mh$.invokeExact(tensorImpl);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class Tensor_isNegated {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            LibtorchInternal.C_CHAR,
            LibtorchInternal.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN2at6native6is_negERKNS_6TensorE");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * uint8_t Tensor_isNegated(uint64_t tensor)
     * }
     */
    public static FunctionDescriptor Tensor_isNegated$descriptor() {
        return Tensor_isNegated.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * uint8_t Tensor_isNegated(uint64_t tensor)
     * }
     */
    public static MethodHandle Tensor_isNegated$handle() {
        return Tensor_isNegated.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * uint8_t Tensor_isNegated(uint64_t tensor)
     * }
     */
    public static MemorySegment Tensor_isNegated$address() {
        return Tensor_isNegated.ADDR;
    }

    /**
     * {@snippet lang=c :
     * uint8_t Tensor_isNegated(uint64_t tensor)
     * }
     */
    public static byte Tensor_isNegated(long tensor) {
        var mh$ = Tensor_isNegated.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("Tensor_isNegated", tensor);
            }
            return (byte)mh$.invokeExact(tensor);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class Tensor_isZeroWithoutMemory {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            LibtorchInternal.C_CHAR,
            LibtorchInternal.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN2at6native14_is_zerotensorERKNS_6TensorE");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * uint8_t Tensor_isZeroWithoutMemory(uint64_t tensor)
     * }
     */
    public static FunctionDescriptor Tensor_isZeroWithoutMemory$descriptor() {
        return Tensor_isZeroWithoutMemory.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * uint8_t Tensor_isZeroWithoutMemory(uint64_t tensor)
     * }
     */
    public static MethodHandle Tensor_isZeroWithoutMemory$handle() {
        return Tensor_isZeroWithoutMemory.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * uint8_t Tensor_isZeroWithoutMemory(uint64_t tensor)
     * }
     */
    public static MemorySegment Tensor_isZeroWithoutMemory$address() {
        return Tensor_isZeroWithoutMemory.ADDR;
    }

    /**
     * {@snippet lang=c :
     * uint8_t Tensor_isZeroWithoutMemory(uint64_t tensor)
     * }
     */
    public static byte Tensor_isZeroWithoutMemory(long tensor) {
        var mh$ = Tensor_isZeroWithoutMemory.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("Tensor_isZeroWithoutMemory", tensor);
            }
            return (byte)mh$.invokeExact(tensor);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class ThreadLocalDebugInfo_push {
        public static final FunctionDescriptor DESC = FunctionDescriptor.ofVoid(
            LibtorchInternal.C_LONG_LONG,
            LibtorchInternal.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN3c1020ThreadLocalDebugInfo5_pushENS_13DebugInfoKindESt10shared_ptrINS_13DebugInfoBaseEE");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * void ThreadLocalDebugInfo_push(uint64_t kind, uint64_t *sharedPointer)
     * }
     */
    public static FunctionDescriptor ThreadLocalDebugInfo_push$descriptor() {
        return ThreadLocalDebugInfo_push.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * void ThreadLocalDebugInfo_push(uint64_t kind, uint64_t *sharedPointer)
     * }
     */
    public static MethodHandle ThreadLocalDebugInfo_push$handle() {
        return ThreadLocalDebugInfo_push.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * void ThreadLocalDebugInfo_push(uint64_t kind, uint64_t *sharedPointer)
     * }
     */
    public static MemorySegment ThreadLocalDebugInfo_push$address() {
        return ThreadLocalDebugInfo_push.ADDR;
    }

    /**
     * {@snippet lang=c :
     * void ThreadLocalDebugInfo_push(uint64_t kind, uint64_t *sharedPointer)
     * }
     */
    public static void ThreadLocalDebugInfo_push(long kind, MemorySegment sharedPointer) {
        var mh$ = ThreadLocalDebugInfo_push.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("ThreadLocalDebugInfo_push", kind, sharedPointer);
            }
            mh$.invokeExact(kind, sharedPointer);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class ThreadLocalDebugInfo_pop {
        public static final FunctionDescriptor DESC = FunctionDescriptor.ofVoid(
            LibtorchInternal.C_POINTER,
            LibtorchInternal.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN3c1020ThreadLocalDebugInfo4_popENS_13DebugInfoKindE");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * void ThreadLocalDebugInfo_pop(uint64_t *sharedPointer, uint64_t kind)
     * }
     */
    public static FunctionDescriptor ThreadLocalDebugInfo_pop$descriptor() {
        return ThreadLocalDebugInfo_pop.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * void ThreadLocalDebugInfo_pop(uint64_t *sharedPointer, uint64_t kind)
     * }
     */
    public static MethodHandle ThreadLocalDebugInfo_pop$handle() {
        return ThreadLocalDebugInfo_pop.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * void ThreadLocalDebugInfo_pop(uint64_t *sharedPointer, uint64_t kind)
     * }
     */
    public static MemorySegment ThreadLocalDebugInfo_pop$address() {
        return ThreadLocalDebugInfo_pop.ADDR;
    }

    /**
     * {@snippet lang=c :
     * void ThreadLocalDebugInfo_pop(uint64_t *sharedPointer, uint64_t kind)
     * }
     */
    public static void ThreadLocalDebugInfo_pop(MemorySegment sharedPointer, long kind) {
        var mh$ = ThreadLocalDebugInfo_pop.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("ThreadLocalDebugInfo_pop", sharedPointer, kind);
            }
            mh$.invokeExact(sharedPointer, kind);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class DebugInfoKind_profilerState$constants {
        public static final OfLong LAYOUT = LibtorchInternal.C_LONG_LONG;
        public static final MemorySegment SEGMENT = org.frugaltorch.bindings.NativeLibrary.address("_ZN3c1013DebugInfoKind14PROFILER_STATEE").reinterpret(LAYOUT.byteSize());
    }

    /**
     * Layout for variable:
     * {@snippet lang=c :
     * extern const uint64_t DebugInfoKind_profilerState
     * }
     */
    public static OfLong DebugInfoKind_profilerState$layout() {
        return DebugInfoKind_profilerState$constants.LAYOUT;
    }

    /**
     * Segment for variable:
     * {@snippet lang=c :
     * extern const uint64_t DebugInfoKind_profilerState
     * }
     */
    public static MemorySegment DebugInfoKind_profilerState$segment() {
        return DebugInfoKind_profilerState$constants.SEGMENT;
    }

    /**
     * Getter for variable:
     * {@snippet lang=c :
     * extern const uint64_t DebugInfoKind_profilerState
     * }
     */
    public static long DebugInfoKind_profilerState() {
        return DebugInfoKind_profilerState$constants.SEGMENT.get(DebugInfoKind_profilerState$constants.LAYOUT, 0L);
    }

    /**
     * Setter for variable:
     * {@snippet lang=c :
     * extern const uint64_t DebugInfoKind_profilerState
     * }
     */
    public static void DebugInfoKind_profilerState(long varValue) {
        DebugInfoKind_profilerState$constants.SEGMENT.set(DebugInfoKind_profilerState$constants.LAYOUT, 0L, varValue);
    }

    private static class DispatchKey_setExcluded {
        public static final FunctionDescriptor DESC = FunctionDescriptor.ofVoid(
            LibtorchInternal.C_SHORT,
            LibtorchInternal.C_CHAR
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN3c104impl29tls_set_dispatch_key_excludedENS_11DispatchKeyEb");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * void DispatchKey_setExcluded(int16_t key, uint8_t excluded)
     * }
     */
    public static FunctionDescriptor DispatchKey_setExcluded$descriptor() {
        return DispatchKey_setExcluded.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * void DispatchKey_setExcluded(int16_t key, uint8_t excluded)
     * }
     */
    public static MethodHandle DispatchKey_setExcluded$handle() {
        return DispatchKey_setExcluded.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * void DispatchKey_setExcluded(int16_t key, uint8_t excluded)
     * }
     */
    public static MemorySegment DispatchKey_setExcluded$address() {
        return DispatchKey_setExcluded.ADDR;
    }

    /**
     * {@snippet lang=c :
     * void DispatchKey_setExcluded(int16_t key, uint8_t excluded)
     * }
     */
    public static void DispatchKey_setExcluded(short key, byte excluded) {
        var mh$ = DispatchKey_setExcluded.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("DispatchKey_setExcluded", key, excluded);
            }
            mh$.invokeExact(key, excluded);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class DispatchKey_isExcluded {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            LibtorchInternal.C_CHAR,
            LibtorchInternal.C_SHORT
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN3c104impl28tls_is_dispatch_key_excludedENS_11DispatchKeyE");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * uint8_t DispatchKey_isExcluded(int16_t key)
     * }
     */
    public static FunctionDescriptor DispatchKey_isExcluded$descriptor() {
        return DispatchKey_isExcluded.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * uint8_t DispatchKey_isExcluded(int16_t key)
     * }
     */
    public static MethodHandle DispatchKey_isExcluded$handle() {
        return DispatchKey_isExcluded.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * uint8_t DispatchKey_isExcluded(int16_t key)
     * }
     */
    public static MemorySegment DispatchKey_isExcluded$address() {
        return DispatchKey_isExcluded.ADDR;
    }

    /**
     * {@snippet lang=c :
     * uint8_t DispatchKey_isExcluded(int16_t key)
     * }
     */
    public static byte DispatchKey_isExcluded(short key) {
        var mh$ = DispatchKey_isExcluded.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("DispatchKey_isExcluded", key);
            }
            return (byte)mh$.invokeExact(key);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class DispatchKey_name {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            LibtorchInternal.C_POINTER,
            LibtorchInternal.C_SHORT
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN3c108toStringENS_11DispatchKeyE");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * const char *DispatchKey_name(int16_t key)
     * }
     */
    public static FunctionDescriptor DispatchKey_name$descriptor() {
        return DispatchKey_name.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * const char *DispatchKey_name(int16_t key)
     * }
     */
    public static MethodHandle DispatchKey_name$handle() {
        return DispatchKey_name.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * const char *DispatchKey_name(int16_t key)
     * }
     */
    public static MemorySegment DispatchKey_name$address() {
        return DispatchKey_name.ADDR;
    }

    /**
     * {@snippet lang=c :
     * const char *DispatchKey_name(int16_t key)
     * }
     */
    public static MemorySegment DispatchKey_name(short key) {
        var mh$ = DispatchKey_name.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("DispatchKey_name", key);
            }
            return (MemorySegment)mh$.invokeExact(key);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class Parallel_setThreadCount {
        public static final FunctionDescriptor DESC = FunctionDescriptor.ofVoid(
            LibtorchInternal.C_INT
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN2at15set_num_threadsEi");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * void Parallel_setThreadCount(int32_t count)
     * }
     */
    public static FunctionDescriptor Parallel_setThreadCount$descriptor() {
        return Parallel_setThreadCount.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * void Parallel_setThreadCount(int32_t count)
     * }
     */
    public static MethodHandle Parallel_setThreadCount$handle() {
        return Parallel_setThreadCount.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * void Parallel_setThreadCount(int32_t count)
     * }
     */
    public static MemorySegment Parallel_setThreadCount$address() {
        return Parallel_setThreadCount.ADDR;
    }

    /**
     * {@snippet lang=c :
     * void Parallel_setThreadCount(int32_t count)
     * }
     */
    public static void Parallel_setThreadCount(int count) {
        var mh$ = Parallel_setThreadCount.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("Parallel_setThreadCount", count);
            }
            mh$.invokeExact(count);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class Generator_defaultCpu {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            LibtorchInternal.C_LONG_LONG    );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN2at6detail22getDefaultCPUGeneratorEv");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * uint64_t Generator_defaultCpu()
     * }
     */
    public static FunctionDescriptor Generator_defaultCpu$descriptor() {
        return Generator_defaultCpu.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * uint64_t Generator_defaultCpu()
     * }
     */
    public static MethodHandle Generator_defaultCpu$handle() {
        return Generator_defaultCpu.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * uint64_t Generator_defaultCpu()
     * }
     */
    public static MemorySegment Generator_defaultCpu$address() {
        return Generator_defaultCpu.ADDR;
    }

    /**
     * {@snippet lang=c :
     * uint64_t Generator_defaultCpu()
     * }
     */
    public static long Generator_defaultCpu() {
        var mh$ = Generator_defaultCpu.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("Generator_defaultCpu");
            }
            return (long)mh$.invokeExact();
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class CpuGenerator_setSeed {
        public static final FunctionDescriptor DESC = FunctionDescriptor.ofVoid(
            LibtorchInternal.C_LONG_LONG,
            LibtorchInternal.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN2at16CPUGeneratorImpl16set_current_seedEm");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * void CpuGenerator_setSeed(uint64_t generatorImpl, uint64_t seed)
     * }
     */
    public static FunctionDescriptor CpuGenerator_setSeed$descriptor() {
        return CpuGenerator_setSeed.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * void CpuGenerator_setSeed(uint64_t generatorImpl, uint64_t seed)
     * }
     */
    public static MethodHandle CpuGenerator_setSeed$handle() {
        return CpuGenerator_setSeed.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * void CpuGenerator_setSeed(uint64_t generatorImpl, uint64_t seed)
     * }
     */
    public static MemorySegment CpuGenerator_setSeed$address() {
        return CpuGenerator_setSeed.ADDR;
    }

    /**
     * {@snippet lang=c :
     * void CpuGenerator_setSeed(uint64_t generatorImpl, uint64_t seed)
     * }
     */
    public static void CpuGenerator_setSeed(long generatorImpl, long seed) {
        var mh$ = CpuGenerator_setSeed.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("CpuGenerator_setSeed", generatorImpl, seed);
            }
            mh$.invokeExact(generatorImpl, seed);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class CpuGenerator_seed {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            LibtorchInternal.C_LONG_LONG,
            LibtorchInternal.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZNK2at16CPUGeneratorImpl12current_seedEv");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * uint64_t CpuGenerator_seed(uint64_t generatorImpl)
     * }
     */
    public static FunctionDescriptor CpuGenerator_seed$descriptor() {
        return CpuGenerator_seed.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * uint64_t CpuGenerator_seed(uint64_t generatorImpl)
     * }
     */
    public static MethodHandle CpuGenerator_seed$handle() {
        return CpuGenerator_seed.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * uint64_t CpuGenerator_seed(uint64_t generatorImpl)
     * }
     */
    public static MemorySegment CpuGenerator_seed$address() {
        return CpuGenerator_seed.ADDR;
    }

    /**
     * {@snippet lang=c :
     * uint64_t CpuGenerator_seed(uint64_t generatorImpl)
     * }
     */
    public static long CpuGenerator_seed(long generatorImpl) {
        var mh$ = CpuGenerator_seed.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("CpuGenerator_seed", generatorImpl);
            }
            return (long)mh$.invokeExact(generatorImpl);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class Generator_state {
        public static final FunctionDescriptor DESC = FunctionDescriptor.ofVoid(
            LibtorchInternal.C_POINTER,
            LibtorchInternal.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZNK2at9Generator9get_stateEv");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * void Generator_state(uint64_t *tensor, uint64_t generator)
     * }
     */
    public static FunctionDescriptor Generator_state$descriptor() {
        return Generator_state.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * void Generator_state(uint64_t *tensor, uint64_t generator)
     * }
     */
    public static MethodHandle Generator_state$handle() {
        return Generator_state.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * void Generator_state(uint64_t *tensor, uint64_t generator)
     * }
     */
    public static MemorySegment Generator_state$address() {
        return Generator_state.ADDR;
    }

    /**
     * {@snippet lang=c :
     * void Generator_state(uint64_t *tensor, uint64_t generator)
     * }
     */
    public static void Generator_state(MemorySegment tensor, long generator) {
        var mh$ = Generator_state.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("Generator_state", tensor, generator);
            }
            mh$.invokeExact(tensor, generator);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class Generator_setState {
        public static final FunctionDescriptor DESC = FunctionDescriptor.ofVoid(
            LibtorchInternal.C_LONG_LONG,
            LibtorchInternal.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN2at9Generator9set_stateERKNS_6TensorE");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * void Generator_setState(uint64_t generator, uint64_t tensor)
     * }
     */
    public static FunctionDescriptor Generator_setState$descriptor() {
        return Generator_setState.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * void Generator_setState(uint64_t generator, uint64_t tensor)
     * }
     */
    public static MethodHandle Generator_setState$handle() {
        return Generator_setState.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * void Generator_setState(uint64_t generator, uint64_t tensor)
     * }
     */
    public static MemorySegment Generator_setState$address() {
        return Generator_setState.ADDR;
    }

    /**
     * {@snippet lang=c :
     * void Generator_setState(uint64_t generator, uint64_t tensor)
     * }
     */
    public static void Generator_setState(long generator, long tensor) {
        var mh$ = Generator_setState.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("Generator_setState", generator, tensor);
            }
            mh$.invokeExact(generator, tensor);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class Cuda_deviceCount {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            LibtorchInternal.C_CHAR    );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN5torch4cuda12device_countEv");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * uint8_t Cuda_deviceCount()
     * }
     */
    public static FunctionDescriptor Cuda_deviceCount$descriptor() {
        return Cuda_deviceCount.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * uint8_t Cuda_deviceCount()
     * }
     */
    public static MethodHandle Cuda_deviceCount$handle() {
        return Cuda_deviceCount.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * uint8_t Cuda_deviceCount()
     * }
     */
    public static MemorySegment Cuda_deviceCount$address() {
        return Cuda_deviceCount.ADDR;
    }

    /**
     * {@snippet lang=c :
     * uint8_t Cuda_deviceCount()
     * }
     */
    public static byte Cuda_deviceCount() {
        var mh$ = Cuda_deviceCount.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("Cuda_deviceCount");
            }
            return (byte)mh$.invokeExact();
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class Cuda_seedAll {
        public static final FunctionDescriptor DESC = FunctionDescriptor.ofVoid(
            LibtorchInternal.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN5torch4cuda15manual_seed_allEm");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * void Cuda_seedAll(uint64_t seed)
     * }
     */
    public static FunctionDescriptor Cuda_seedAll$descriptor() {
        return Cuda_seedAll.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * void Cuda_seedAll(uint64_t seed)
     * }
     */
    public static MethodHandle Cuda_seedAll$handle() {
        return Cuda_seedAll.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * void Cuda_seedAll(uint64_t seed)
     * }
     */
    public static MemorySegment Cuda_seedAll$address() {
        return Cuda_seedAll.ADDR;
    }

    /**
     * {@snippet lang=c :
     * void Cuda_seedAll(uint64_t seed)
     * }
     */
    public static void Cuda_seedAll(long seed) {
        var mh$ = Cuda_seedAll.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("Cuda_seedAll", seed);
            }
            mh$.invokeExact(seed);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class Generator_defaultCuda {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            LibtorchInternal.C_LONG_LONG,
            LibtorchInternal.C_CHAR
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN2at4cuda6detail23getDefaultCUDAGeneratorEa");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * uint64_t Generator_defaultCuda(int8_t device)
     * }
     */
    public static FunctionDescriptor Generator_defaultCuda$descriptor() {
        return Generator_defaultCuda.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * uint64_t Generator_defaultCuda(int8_t device)
     * }
     */
    public static MethodHandle Generator_defaultCuda$handle() {
        return Generator_defaultCuda.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * uint64_t Generator_defaultCuda(int8_t device)
     * }
     */
    public static MemorySegment Generator_defaultCuda$address() {
        return Generator_defaultCuda.ADDR;
    }

    /**
     * {@snippet lang=c :
     * uint64_t Generator_defaultCuda(int8_t device)
     * }
     */
    public static long Generator_defaultCuda(byte device) {
        var mh$ = Generator_defaultCuda.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("Generator_defaultCuda", device);
            }
            return (long)mh$.invokeExact(device);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class Context_global {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            LibtorchInternal.C_LONG_LONG    );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN2at13globalContextEv");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * uint64_t Context_global()
     * }
     */
    public static FunctionDescriptor Context_global$descriptor() {
        return Context_global.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * uint64_t Context_global()
     * }
     */
    public static MethodHandle Context_global$handle() {
        return Context_global.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * uint64_t Context_global()
     * }
     */
    public static MemorySegment Context_global$address() {
        return Context_global.ADDR;
    }

    /**
     * {@snippet lang=c :
     * uint64_t Context_global()
     * }
     */
    public static long Context_global() {
        var mh$ = Context_global.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("Context_global");
            }
            return (long)mh$.invokeExact();
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class Context_setFloat32MatmulPrecision {
        public static final FunctionDescriptor DESC = FunctionDescriptor.ofVoid(
            LibtorchInternal.C_LONG_LONG,
            LibtorchInternal.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("_ZN2at7Context25setFloat32MatmulPrecisionERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * void Context_setFloat32MatmulPrecision(uint64_t context, uint64_t string)
     * }
     */
    public static FunctionDescriptor Context_setFloat32MatmulPrecision$descriptor() {
        return Context_setFloat32MatmulPrecision.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * void Context_setFloat32MatmulPrecision(uint64_t context, uint64_t string)
     * }
     */
    public static MethodHandle Context_setFloat32MatmulPrecision$handle() {
        return Context_setFloat32MatmulPrecision.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * void Context_setFloat32MatmulPrecision(uint64_t context, uint64_t string)
     * }
     */
    public static MemorySegment Context_setFloat32MatmulPrecision$address() {
        return Context_setFloat32MatmulPrecision.ADDR;
    }

    /**
     * {@snippet lang=c :
     * void Context_setFloat32MatmulPrecision(uint64_t context, uint64_t string)
     * }
     */
    public static void Context_setFloat32MatmulPrecision(long context, long string) {
        var mh$ = Context_setFloat32MatmulPrecision.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("Context_setFloat32MatmulPrecision", context, string);
            }
            mh$.invokeExact(context, string);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class malloc {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            LibtorchInternal.C_POINTER,
            LibtorchInternal.C_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("malloc");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * void *malloc(unsigned long bytes)
     * }
     */
    public static FunctionDescriptor malloc$descriptor() {
        return malloc.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * void *malloc(unsigned long bytes)
     * }
     */
    public static MethodHandle malloc$handle() {
        return malloc.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * void *malloc(unsigned long bytes)
     * }
     */
    public static MemorySegment malloc$address() {
        return malloc.ADDR;
    }

    /**
     * {@snippet lang=c :
     * void *malloc(unsigned long bytes)
     * }
     */
    public static MemorySegment malloc(long bytes) {
        var mh$ = malloc.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("malloc", bytes);
            }
            return (MemorySegment)mh$.invokeExact(bytes);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class free {
        public static final FunctionDescriptor DESC = FunctionDescriptor.ofVoid(
            LibtorchInternal.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("free");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * void free(void *block)
     * }
     */
    public static FunctionDescriptor free$descriptor() {
        return free.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * void free(void *block)
     * }
     */
    public static MethodHandle free$handle() {
        return free.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * void free(void *block)
     * }
     */
    public static MemorySegment free$address() {
        return free.ADDR;
    }

    /**
     * {@snippet lang=c :
     * void free(void *block)
     * }
     */
    public static void free(MemorySegment block) {
        var mh$ = free.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("free", block);
            }
            mh$.invokeExact(block);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }
}

