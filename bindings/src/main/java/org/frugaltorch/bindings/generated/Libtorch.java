// Generated from native-headers/libtorch.h by jextract and native-headers/generate.sh: do not edit.

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
public class Libtorch extends NativeLayouts {

    Libtorch() {
        // Should not be called directly
    }

    /**
     * {@snippet lang=c :
     * typedef signed char int8_t
     * }
     */
    public static final OfByte int8_t = Libtorch.C_CHAR;
    /**
     * {@snippet lang=c :
     * typedef int int32_t
     * }
     */
    public static final OfInt int32_t = Libtorch.C_INT;
    /**
     * {@snippet lang=c :
     * typedef long long int64_t
     * }
     */
    public static final OfLong int64_t = Libtorch.C_LONG_LONG;
    /**
     * {@snippet lang=c :
     * typedef unsigned char uint8_t
     * }
     */
    public static final OfByte uint8_t = Libtorch.C_CHAR;
    /**
     * {@snippet lang=c :
     * typedef unsigned int uint32_t
     * }
     */
    public static final OfInt uint32_t = Libtorch.C_INT;
    /**
     * {@snippet lang=c :
     * typedef unsigned long long uint64_t
     * }
     */
    public static final OfLong uint64_t = Libtorch.C_LONG_LONG;

    private static class aoti_torch_abi_version {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_LONG_LONG    );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_abi_version");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * uint64_t aoti_torch_abi_version()
     * }
     */
    public static FunctionDescriptor aoti_torch_abi_version$descriptor() {
        return aoti_torch_abi_version.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * uint64_t aoti_torch_abi_version()
     * }
     */
    public static MethodHandle aoti_torch_abi_version$handle() {
        return aoti_torch_abi_version.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * uint64_t aoti_torch_abi_version()
     * }
     */
    public static MemorySegment aoti_torch_abi_version$address() {
        return aoti_torch_abi_version.ADDR;
    }

    /**
     * {@snippet lang=c :
     * uint64_t aoti_torch_abi_version()
     * }
     */
    public static long aoti_torch_abi_version() {
        var mh$ = aoti_torch_abi_version.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_abi_version");
            }
            return (long)mh$.invokeExact();
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_exception_get_what_without_backtrace {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_POINTER    );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_exception_get_what_without_backtrace");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * const char *torch_exception_get_what_without_backtrace()
     * }
     */
    public static FunctionDescriptor torch_exception_get_what_without_backtrace$descriptor() {
        return torch_exception_get_what_without_backtrace.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * const char *torch_exception_get_what_without_backtrace()
     * }
     */
    public static MethodHandle torch_exception_get_what_without_backtrace$handle() {
        return torch_exception_get_what_without_backtrace.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * const char *torch_exception_get_what_without_backtrace()
     * }
     */
    public static MemorySegment torch_exception_get_what_without_backtrace$address() {
        return torch_exception_get_what_without_backtrace.ADDR;
    }

    /**
     * {@snippet lang=c :
     * const char *torch_exception_get_what_without_backtrace()
     * }
     */
    public static MemorySegment torch_exception_get_what_without_backtrace() {
        var mh$ = torch_exception_get_what_without_backtrace.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_exception_get_what_without_backtrace");
            }
            return (MemorySegment)mh$.invokeExact();
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_get_num_threads {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_get_num_threads");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_get_num_threads(uint32_t *count)
     * }
     */
    public static FunctionDescriptor torch_get_num_threads$descriptor() {
        return torch_get_num_threads.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_get_num_threads(uint32_t *count)
     * }
     */
    public static MethodHandle torch_get_num_threads$handle() {
        return torch_get_num_threads.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_get_num_threads(uint32_t *count)
     * }
     */
    public static MemorySegment torch_get_num_threads$address() {
        return torch_get_num_threads.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_get_num_threads(uint32_t *count)
     * }
     */
    public static int torch_get_num_threads(MemorySegment count) {
        var mh$ = torch_get_num_threads.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_get_num_threads", count);
            }
            return (int)mh$.invokeExact(count);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_call_dispatcher {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_POINTER,
            Libtorch.C_POINTER,
            Libtorch.C_POINTER,
            Libtorch.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_call_dispatcher");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_call_dispatcher(const char *name, const char *overload, uint64_t *stack, uint64_t abiVersion)
     * }
     */
    public static FunctionDescriptor torch_call_dispatcher$descriptor() {
        return torch_call_dispatcher.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_call_dispatcher(const char *name, const char *overload, uint64_t *stack, uint64_t abiVersion)
     * }
     */
    public static MethodHandle torch_call_dispatcher$handle() {
        return torch_call_dispatcher.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_call_dispatcher(const char *name, const char *overload, uint64_t *stack, uint64_t abiVersion)
     * }
     */
    public static MemorySegment torch_call_dispatcher$address() {
        return torch_call_dispatcher.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_call_dispatcher(const char *name, const char *overload, uint64_t *stack, uint64_t abiVersion)
     * }
     */
    public static int torch_call_dispatcher(MemorySegment name, MemorySegment overload, MemorySegment stack, long abiVersion) {
        var mh$ = torch_call_dispatcher.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_call_dispatcher", name, overload, stack, abiVersion);
            }
            return (int)mh$.invokeExact(name, overload, stack, abiVersion);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_new_list_reserve_size {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_new_list_reserve_size");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_new_list_reserve_size(uint64_t capacity, uint64_t *list)
     * }
     */
    public static FunctionDescriptor torch_new_list_reserve_size$descriptor() {
        return torch_new_list_reserve_size.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_new_list_reserve_size(uint64_t capacity, uint64_t *list)
     * }
     */
    public static MethodHandle torch_new_list_reserve_size$handle() {
        return torch_new_list_reserve_size.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_new_list_reserve_size(uint64_t capacity, uint64_t *list)
     * }
     */
    public static MemorySegment torch_new_list_reserve_size$address() {
        return torch_new_list_reserve_size.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_new_list_reserve_size(uint64_t capacity, uint64_t *list)
     * }
     */
    public static int torch_new_list_reserve_size(long capacity, MemorySegment list) {
        var mh$ = torch_new_list_reserve_size.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_new_list_reserve_size", capacity, list);
            }
            return (int)mh$.invokeExact(capacity, list);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_list_push_back {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_list_push_back");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_list_push_back(uint64_t list, uint64_t slot)
     * }
     */
    public static FunctionDescriptor torch_list_push_back$descriptor() {
        return torch_list_push_back.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_list_push_back(uint64_t list, uint64_t slot)
     * }
     */
    public static MethodHandle torch_list_push_back$handle() {
        return torch_list_push_back.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_list_push_back(uint64_t list, uint64_t slot)
     * }
     */
    public static MemorySegment torch_list_push_back$address() {
        return torch_list_push_back.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_list_push_back(uint64_t list, uint64_t slot)
     * }
     */
    public static int torch_list_push_back(long list, long slot) {
        var mh$ = torch_list_push_back.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_list_push_back", list, slot);
            }
            return (int)mh$.invokeExact(list, slot);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_list_size {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_list_size");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_list_size(uint64_t list, uint64_t *size)
     * }
     */
    public static FunctionDescriptor torch_list_size$descriptor() {
        return torch_list_size.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_list_size(uint64_t list, uint64_t *size)
     * }
     */
    public static MethodHandle torch_list_size$handle() {
        return torch_list_size.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_list_size(uint64_t list, uint64_t *size)
     * }
     */
    public static MemorySegment torch_list_size$address() {
        return torch_list_size.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_list_size(uint64_t list, uint64_t *size)
     * }
     */
    public static int torch_list_size(long list, MemorySegment size) {
        var mh$ = torch_list_size.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_list_size", list, size);
            }
            return (int)mh$.invokeExact(list, size);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_list_get_item {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_list_get_item");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_list_get_item(uint64_t list, uint64_t index, uint64_t *slot)
     * }
     */
    public static FunctionDescriptor torch_list_get_item$descriptor() {
        return torch_list_get_item.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_list_get_item(uint64_t list, uint64_t index, uint64_t *slot)
     * }
     */
    public static MethodHandle torch_list_get_item$handle() {
        return torch_list_get_item.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_list_get_item(uint64_t list, uint64_t index, uint64_t *slot)
     * }
     */
    public static MemorySegment torch_list_get_item$address() {
        return torch_list_get_item.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_list_get_item(uint64_t list, uint64_t index, uint64_t *slot)
     * }
     */
    public static int torch_list_get_item(long list, long index, MemorySegment slot) {
        var mh$ = torch_list_get_item.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_list_get_item", list, index, slot);
            }
            return (int)mh$.invokeExact(list, index, slot);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_delete_list {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_delete_list");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_delete_list(uint64_t list)
     * }
     */
    public static FunctionDescriptor torch_delete_list$descriptor() {
        return torch_delete_list.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_delete_list(uint64_t list)
     * }
     */
    public static MethodHandle torch_delete_list$handle() {
        return torch_delete_list.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_delete_list(uint64_t list)
     * }
     */
    public static MemorySegment torch_delete_list$address() {
        return torch_delete_list.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_delete_list(uint64_t list)
     * }
     */
    public static int torch_delete_list(long list) {
        var mh$ = torch_delete_list.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_delete_list", list);
            }
            return (int)mh$.invokeExact(list);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_new_stable_ivalue {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_new_stable_ivalue");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_new_stable_ivalue(uint64_t *slot)
     * }
     */
    public static FunctionDescriptor torch_new_stable_ivalue$descriptor() {
        return torch_new_stable_ivalue.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_new_stable_ivalue(uint64_t *slot)
     * }
     */
    public static MethodHandle torch_new_stable_ivalue$handle() {
        return torch_new_stable_ivalue.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_new_stable_ivalue(uint64_t *slot)
     * }
     */
    public static MemorySegment torch_new_stable_ivalue$address() {
        return torch_new_stable_ivalue.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_new_stable_ivalue(uint64_t *slot)
     * }
     */
    public static int torch_new_stable_ivalue(MemorySegment slot) {
        var mh$ = torch_new_stable_ivalue.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_new_stable_ivalue", slot);
            }
            return (int)mh$.invokeExact(slot);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_delete_stable_ivalue {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_delete_stable_ivalue");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_delete_stable_ivalue(uint64_t slot)
     * }
     */
    public static FunctionDescriptor torch_delete_stable_ivalue$descriptor() {
        return torch_delete_stable_ivalue.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_delete_stable_ivalue(uint64_t slot)
     * }
     */
    public static MethodHandle torch_delete_stable_ivalue$handle() {
        return torch_delete_stable_ivalue.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_delete_stable_ivalue(uint64_t slot)
     * }
     */
    public static MemorySegment torch_delete_stable_ivalue$address() {
        return torch_delete_stable_ivalue.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_delete_stable_ivalue(uint64_t slot)
     * }
     */
    public static int torch_delete_stable_ivalue(long slot) {
        var mh$ = torch_delete_stable_ivalue.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_delete_stable_ivalue", slot);
            }
            return (int)mh$.invokeExact(slot);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_new_string_handle {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_POINTER,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_new_string_handle");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_new_string_handle(const char *data, uint64_t length, uint64_t *string)
     * }
     */
    public static FunctionDescriptor torch_new_string_handle$descriptor() {
        return torch_new_string_handle.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_new_string_handle(const char *data, uint64_t length, uint64_t *string)
     * }
     */
    public static MethodHandle torch_new_string_handle$handle() {
        return torch_new_string_handle.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_new_string_handle(const char *data, uint64_t length, uint64_t *string)
     * }
     */
    public static MemorySegment torch_new_string_handle$address() {
        return torch_new_string_handle.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_new_string_handle(const char *data, uint64_t length, uint64_t *string)
     * }
     */
    public static int torch_new_string_handle(MemorySegment data, long length, MemorySegment string) {
        var mh$ = torch_new_string_handle.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_new_string_handle", data, length, string);
            }
            return (int)mh$.invokeExact(data, length, string);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_delete_string {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_delete_string");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_delete_string(uint64_t string)
     * }
     */
    public static FunctionDescriptor torch_delete_string$descriptor() {
        return torch_delete_string.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_delete_string(uint64_t string)
     * }
     */
    public static MethodHandle torch_delete_string$handle() {
        return torch_delete_string.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_delete_string(uint64_t string)
     * }
     */
    public static MemorySegment torch_delete_string$address() {
        return torch_delete_string.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_delete_string(uint64_t string)
     * }
     */
    public static int torch_delete_string(long string) {
        var mh$ = torch_delete_string.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_delete_string", string);
            }
            return (int)mh$.invokeExact(string);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_aten_subtract_Tensor {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_LONG_LONG,
            Libtorch.C_DOUBLE,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_aten_subtract_Tensor");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_subtract_Tensor(uint64_t self, uint64_t other, double alpha, uint64_t *result)
     * }
     */
    public static FunctionDescriptor aoti_torch_aten_subtract_Tensor$descriptor() {
        return aoti_torch_aten_subtract_Tensor.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_subtract_Tensor(uint64_t self, uint64_t other, double alpha, uint64_t *result)
     * }
     */
    public static MethodHandle aoti_torch_aten_subtract_Tensor$handle() {
        return aoti_torch_aten_subtract_Tensor.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_subtract_Tensor(uint64_t self, uint64_t other, double alpha, uint64_t *result)
     * }
     */
    public static MemorySegment aoti_torch_aten_subtract_Tensor$address() {
        return aoti_torch_aten_subtract_Tensor.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_subtract_Tensor(uint64_t self, uint64_t other, double alpha, uint64_t *result)
     * }
     */
    public static int aoti_torch_aten_subtract_Tensor(long self, long other, double alpha, MemorySegment result) {
        var mh$ = aoti_torch_aten_subtract_Tensor.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_aten_subtract_Tensor", self, other, alpha, result);
            }
            return (int)mh$.invokeExact(self, other, alpha, result);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_cpu_add_Tensor {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_LONG_LONG,
            Libtorch.C_DOUBLE,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_cpu_add_Tensor");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_cpu_add_Tensor(uint64_t self, uint64_t other, double alpha, uint64_t *result)
     * }
     */
    public static FunctionDescriptor aoti_torch_cpu_add_Tensor$descriptor() {
        return aoti_torch_cpu_add_Tensor.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_cpu_add_Tensor(uint64_t self, uint64_t other, double alpha, uint64_t *result)
     * }
     */
    public static MethodHandle aoti_torch_cpu_add_Tensor$handle() {
        return aoti_torch_cpu_add_Tensor.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_cpu_add_Tensor(uint64_t self, uint64_t other, double alpha, uint64_t *result)
     * }
     */
    public static MemorySegment aoti_torch_cpu_add_Tensor$address() {
        return aoti_torch_cpu_add_Tensor.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_cpu_add_Tensor(uint64_t self, uint64_t other, double alpha, uint64_t *result)
     * }
     */
    public static int aoti_torch_cpu_add_Tensor(long self, long other, double alpha, MemorySegment result) {
        var mh$ = aoti_torch_cpu_add_Tensor.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_cpu_add_Tensor", self, other, alpha, result);
            }
            return (int)mh$.invokeExact(self, other, alpha, result);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_cpu_mul_Tensor {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_cpu_mul_Tensor");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_cpu_mul_Tensor(uint64_t self, uint64_t other, uint64_t *result)
     * }
     */
    public static FunctionDescriptor aoti_torch_cpu_mul_Tensor$descriptor() {
        return aoti_torch_cpu_mul_Tensor.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_cpu_mul_Tensor(uint64_t self, uint64_t other, uint64_t *result)
     * }
     */
    public static MethodHandle aoti_torch_cpu_mul_Tensor$handle() {
        return aoti_torch_cpu_mul_Tensor.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_cpu_mul_Tensor(uint64_t self, uint64_t other, uint64_t *result)
     * }
     */
    public static MemorySegment aoti_torch_cpu_mul_Tensor$address() {
        return aoti_torch_cpu_mul_Tensor.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_cpu_mul_Tensor(uint64_t self, uint64_t other, uint64_t *result)
     * }
     */
    public static int aoti_torch_cpu_mul_Tensor(long self, long other, MemorySegment result) {
        var mh$ = aoti_torch_cpu_mul_Tensor.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_cpu_mul_Tensor", self, other, result);
            }
            return (int)mh$.invokeExact(self, other, result);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_addmm_out {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_LONG_LONG,
            Libtorch.C_LONG_LONG,
            Libtorch.C_LONG_LONG,
            Libtorch.C_FLOAT,
            Libtorch.C_FLOAT
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_addmm_out");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_addmm_out(uint64_t out, uint64_t self, uint64_t first, uint64_t second, float beta, float alpha)
     * }
     */
    public static FunctionDescriptor aoti_torch_addmm_out$descriptor() {
        return aoti_torch_addmm_out.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_addmm_out(uint64_t out, uint64_t self, uint64_t first, uint64_t second, float beta, float alpha)
     * }
     */
    public static MethodHandle aoti_torch_addmm_out$handle() {
        return aoti_torch_addmm_out.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_addmm_out(uint64_t out, uint64_t self, uint64_t first, uint64_t second, float beta, float alpha)
     * }
     */
    public static MemorySegment aoti_torch_addmm_out$address() {
        return aoti_torch_addmm_out.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_addmm_out(uint64_t out, uint64_t self, uint64_t first, uint64_t second, float beta, float alpha)
     * }
     */
    public static int aoti_torch_addmm_out(long out, long self, long first, long second, float beta, float alpha) {
        var mh$ = aoti_torch_addmm_out.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_addmm_out", out, self, first, second, beta, alpha);
            }
            return (int)mh$.invokeExact(out, self, first, second, beta, alpha);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_aten_fill__Scalar {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_DOUBLE
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_aten_fill__Scalar");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_fill__Scalar(uint64_t self, double value)
     * }
     */
    public static FunctionDescriptor aoti_torch_aten_fill__Scalar$descriptor() {
        return aoti_torch_aten_fill__Scalar.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_fill__Scalar(uint64_t self, double value)
     * }
     */
    public static MethodHandle aoti_torch_aten_fill__Scalar$handle() {
        return aoti_torch_aten_fill__Scalar.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_fill__Scalar(uint64_t self, double value)
     * }
     */
    public static MemorySegment aoti_torch_aten_fill__Scalar$address() {
        return aoti_torch_aten_fill__Scalar.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_fill__Scalar(uint64_t self, double value)
     * }
     */
    public static int aoti_torch_aten_fill__Scalar(long self, double value) {
        var mh$ = aoti_torch_aten_fill__Scalar.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_aten_fill__Scalar", self, value);
            }
            return (int)mh$.invokeExact(self, value);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_aten_full {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_POINTER,
            Libtorch.C_LONG_LONG,
            Libtorch.C_DOUBLE,
            Libtorch.C_POINTER,
            Libtorch.C_POINTER,
            Libtorch.C_POINTER,
            Libtorch.C_INT,
            Libtorch.C_POINTER,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_aten_full");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_full(const int64_t *sizes, int64_t rank, double value, int32_t *dtype, int32_t *layout, int32_t *deviceType, int32_t deviceIndex, int32_t *pinned, uint64_t *result)
     * }
     */
    public static FunctionDescriptor aoti_torch_aten_full$descriptor() {
        return aoti_torch_aten_full.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_full(const int64_t *sizes, int64_t rank, double value, int32_t *dtype, int32_t *layout, int32_t *deviceType, int32_t deviceIndex, int32_t *pinned, uint64_t *result)
     * }
     */
    public static MethodHandle aoti_torch_aten_full$handle() {
        return aoti_torch_aten_full.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_full(const int64_t *sizes, int64_t rank, double value, int32_t *dtype, int32_t *layout, int32_t *deviceType, int32_t deviceIndex, int32_t *pinned, uint64_t *result)
     * }
     */
    public static MemorySegment aoti_torch_aten_full$address() {
        return aoti_torch_aten_full.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_full(const int64_t *sizes, int64_t rank, double value, int32_t *dtype, int32_t *layout, int32_t *deviceType, int32_t deviceIndex, int32_t *pinned, uint64_t *result)
     * }
     */
    public static int aoti_torch_aten_full(MemorySegment sizes, long rank, double value, MemorySegment dtype, MemorySegment layout, MemorySegment deviceType, int deviceIndex, MemorySegment pinned, MemorySegment result) {
        var mh$ = aoti_torch_aten_full.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_aten_full", sizes, rank, value, dtype, layout, deviceType, deviceIndex, pinned, result);
            }
            return (int)mh$.invokeExact(sizes, rank, value, dtype, layout, deviceType, deviceIndex, pinned, result);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_aten_narrow {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_LONG_LONG,
            Libtorch.C_LONG_LONG,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_aten_narrow");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_narrow(uint64_t self, int64_t dimension, int64_t start, int64_t length, uint64_t *result)
     * }
     */
    public static FunctionDescriptor aoti_torch_aten_narrow$descriptor() {
        return aoti_torch_aten_narrow.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_narrow(uint64_t self, int64_t dimension, int64_t start, int64_t length, uint64_t *result)
     * }
     */
    public static MethodHandle aoti_torch_aten_narrow$handle() {
        return aoti_torch_aten_narrow.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_narrow(uint64_t self, int64_t dimension, int64_t start, int64_t length, uint64_t *result)
     * }
     */
    public static MemorySegment aoti_torch_aten_narrow$address() {
        return aoti_torch_aten_narrow.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_aten_narrow(uint64_t self, int64_t dimension, int64_t start, int64_t length, uint64_t *result)
     * }
     */
    public static int aoti_torch_aten_narrow(long self, long dimension, long start, long length, MemorySegment result) {
        var mh$ = aoti_torch_aten_narrow.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_aten_narrow", self, dimension, start, length, result);
            }
            return (int)mh$.invokeExact(self, dimension, start, length, result);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_scalar_to_tensor_float32 {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_FLOAT,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_scalar_to_tensor_float32");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_scalar_to_tensor_float32(float value, uint64_t *result)
     * }
     */
    public static FunctionDescriptor aoti_torch_scalar_to_tensor_float32$descriptor() {
        return aoti_torch_scalar_to_tensor_float32.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_scalar_to_tensor_float32(float value, uint64_t *result)
     * }
     */
    public static MethodHandle aoti_torch_scalar_to_tensor_float32$handle() {
        return aoti_torch_scalar_to_tensor_float32.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_scalar_to_tensor_float32(float value, uint64_t *result)
     * }
     */
    public static MemorySegment aoti_torch_scalar_to_tensor_float32$address() {
        return aoti_torch_scalar_to_tensor_float32.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_scalar_to_tensor_float32(float value, uint64_t *result)
     * }
     */
    public static int aoti_torch_scalar_to_tensor_float32(float value, MemorySegment result) {
        var mh$ = aoti_torch_scalar_to_tensor_float32.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_scalar_to_tensor_float32", value, result);
            }
            return (int)mh$.invokeExact(value, result);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_scalar_to_tensor_float64 {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_DOUBLE,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_scalar_to_tensor_float64");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_scalar_to_tensor_float64(double value, uint64_t *result)
     * }
     */
    public static FunctionDescriptor aoti_torch_scalar_to_tensor_float64$descriptor() {
        return aoti_torch_scalar_to_tensor_float64.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_scalar_to_tensor_float64(double value, uint64_t *result)
     * }
     */
    public static MethodHandle aoti_torch_scalar_to_tensor_float64$handle() {
        return aoti_torch_scalar_to_tensor_float64.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_scalar_to_tensor_float64(double value, uint64_t *result)
     * }
     */
    public static MemorySegment aoti_torch_scalar_to_tensor_float64$address() {
        return aoti_torch_scalar_to_tensor_float64.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_scalar_to_tensor_float64(double value, uint64_t *result)
     * }
     */
    public static int aoti_torch_scalar_to_tensor_float64(double value, MemorySegment result) {
        var mh$ = aoti_torch_scalar_to_tensor_float64.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_scalar_to_tensor_float64", value, result);
            }
            return (int)mh$.invokeExact(value, result);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_scalar_to_tensor_int64 {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_scalar_to_tensor_int64");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_scalar_to_tensor_int64(int64_t value, uint64_t *result)
     * }
     */
    public static FunctionDescriptor aoti_torch_scalar_to_tensor_int64$descriptor() {
        return aoti_torch_scalar_to_tensor_int64.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_scalar_to_tensor_int64(int64_t value, uint64_t *result)
     * }
     */
    public static MethodHandle aoti_torch_scalar_to_tensor_int64$handle() {
        return aoti_torch_scalar_to_tensor_int64.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_scalar_to_tensor_int64(int64_t value, uint64_t *result)
     * }
     */
    public static MemorySegment aoti_torch_scalar_to_tensor_int64$address() {
        return aoti_torch_scalar_to_tensor_int64.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_scalar_to_tensor_int64(int64_t value, uint64_t *result)
     * }
     */
    public static int aoti_torch_scalar_to_tensor_int64(long value, MemorySegment result) {
        var mh$ = aoti_torch_scalar_to_tensor_int64.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_scalar_to_tensor_int64", value, result);
            }
            return (int)mh$.invokeExact(value, result);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_new_tensor_handle {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_new_tensor_handle");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_new_tensor_handle(uint64_t tensor, uint64_t *result)
     * }
     */
    public static FunctionDescriptor aoti_torch_new_tensor_handle$descriptor() {
        return aoti_torch_new_tensor_handle.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_new_tensor_handle(uint64_t tensor, uint64_t *result)
     * }
     */
    public static MethodHandle aoti_torch_new_tensor_handle$handle() {
        return aoti_torch_new_tensor_handle.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_new_tensor_handle(uint64_t tensor, uint64_t *result)
     * }
     */
    public static MemorySegment aoti_torch_new_tensor_handle$address() {
        return aoti_torch_new_tensor_handle.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_new_tensor_handle(uint64_t tensor, uint64_t *result)
     * }
     */
    public static int aoti_torch_new_tensor_handle(long tensor, MemorySegment result) {
        var mh$ = aoti_torch_new_tensor_handle.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_new_tensor_handle", tensor, result);
            }
            return (int)mh$.invokeExact(tensor, result);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_delete_tensor_object {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_delete_tensor_object");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_delete_tensor_object(uint64_t tensor)
     * }
     */
    public static FunctionDescriptor aoti_torch_delete_tensor_object$descriptor() {
        return aoti_torch_delete_tensor_object.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_delete_tensor_object(uint64_t tensor)
     * }
     */
    public static MethodHandle aoti_torch_delete_tensor_object$handle() {
        return aoti_torch_delete_tensor_object.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_delete_tensor_object(uint64_t tensor)
     * }
     */
    public static MemorySegment aoti_torch_delete_tensor_object$address() {
        return aoti_torch_delete_tensor_object.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_delete_tensor_object(uint64_t tensor)
     * }
     */
    public static int aoti_torch_delete_tensor_object(long tensor) {
        var mh$ = aoti_torch_delete_tensor_object.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_delete_tensor_object", tensor);
            }
            return (int)mh$.invokeExact(tensor);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_is_defined {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_is_defined");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_is_defined(uint64_t tensor, uint8_t *defined)
     * }
     */
    public static FunctionDescriptor aoti_torch_is_defined$descriptor() {
        return aoti_torch_is_defined.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_is_defined(uint64_t tensor, uint8_t *defined)
     * }
     */
    public static MethodHandle aoti_torch_is_defined$handle() {
        return aoti_torch_is_defined.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_is_defined(uint64_t tensor, uint8_t *defined)
     * }
     */
    public static MemorySegment aoti_torch_is_defined$address() {
        return aoti_torch_is_defined.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_is_defined(uint64_t tensor, uint8_t *defined)
     * }
     */
    public static int aoti_torch_is_defined(long tensor, MemorySegment defined) {
        var mh$ = aoti_torch_is_defined.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_is_defined", tensor, defined);
            }
            return (int)mh$.invokeExact(tensor, defined);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_new_uninitialized_tensor {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_new_uninitialized_tensor");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_new_uninitialized_tensor(uint64_t *result)
     * }
     */
    public static FunctionDescriptor aoti_torch_new_uninitialized_tensor$descriptor() {
        return aoti_torch_new_uninitialized_tensor.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_new_uninitialized_tensor(uint64_t *result)
     * }
     */
    public static MethodHandle aoti_torch_new_uninitialized_tensor$handle() {
        return aoti_torch_new_uninitialized_tensor.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_new_uninitialized_tensor(uint64_t *result)
     * }
     */
    public static MemorySegment aoti_torch_new_uninitialized_tensor$address() {
        return aoti_torch_new_uninitialized_tensor.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_new_uninitialized_tensor(uint64_t *result)
     * }
     */
    public static int aoti_torch_new_uninitialized_tensor(MemorySegment result) {
        var mh$ = aoti_torch_new_uninitialized_tensor.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_new_uninitialized_tensor", result);
            }
            return (int)mh$.invokeExact(result);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_assign_tensors {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_assign_tensors");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_assign_tensors(uint64_t source, uint64_t target)
     * }
     */
    public static FunctionDescriptor aoti_torch_assign_tensors$descriptor() {
        return aoti_torch_assign_tensors.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_assign_tensors(uint64_t source, uint64_t target)
     * }
     */
    public static MethodHandle aoti_torch_assign_tensors$handle() {
        return aoti_torch_assign_tensors.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_assign_tensors(uint64_t source, uint64_t target)
     * }
     */
    public static MemorySegment aoti_torch_assign_tensors$address() {
        return aoti_torch_assign_tensors.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_assign_tensors(uint64_t source, uint64_t target)
     * }
     */
    public static int aoti_torch_assign_tensors(long source, long target) {
        var mh$ = aoti_torch_assign_tensors.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_assign_tensors", source, target);
            }
            return (int)mh$.invokeExact(source, target);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_empty_strided {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER,
            Libtorch.C_POINTER,
            Libtorch.C_INT,
            Libtorch.C_INT,
            Libtorch.C_INT,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_empty_strided");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_empty_strided(int64_t rank, const int64_t *sizes, const int64_t *strides, int32_t dtype, int32_t deviceType, int32_t deviceIndex, uint64_t *result)
     * }
     */
    public static FunctionDescriptor aoti_torch_empty_strided$descriptor() {
        return aoti_torch_empty_strided.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_empty_strided(int64_t rank, const int64_t *sizes, const int64_t *strides, int32_t dtype, int32_t deviceType, int32_t deviceIndex, uint64_t *result)
     * }
     */
    public static MethodHandle aoti_torch_empty_strided$handle() {
        return aoti_torch_empty_strided.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_empty_strided(int64_t rank, const int64_t *sizes, const int64_t *strides, int32_t dtype, int32_t deviceType, int32_t deviceIndex, uint64_t *result)
     * }
     */
    public static MemorySegment aoti_torch_empty_strided$address() {
        return aoti_torch_empty_strided.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_empty_strided(int64_t rank, const int64_t *sizes, const int64_t *strides, int32_t dtype, int32_t deviceType, int32_t deviceIndex, uint64_t *result)
     * }
     */
    public static int aoti_torch_empty_strided(long rank, MemorySegment sizes, MemorySegment strides, int dtype, int deviceType, int deviceIndex, MemorySegment result) {
        var mh$ = aoti_torch_empty_strided.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_empty_strided", rank, sizes, strides, dtype, deviceType, deviceIndex, result);
            }
            return (int)mh$.invokeExact(rank, sizes, strides, dtype, deviceType, deviceIndex, result);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_create_tensor_from_blob {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_POINTER,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER,
            Libtorch.C_POINTER,
            Libtorch.C_LONG_LONG,
            Libtorch.C_INT,
            Libtorch.C_INT,
            Libtorch.C_INT,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_create_tensor_from_blob");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_create_tensor_from_blob(void *data, int64_t rank, const int64_t *sizes, const int64_t *strides, int64_t storageOffset, int32_t dtype, int32_t deviceType, int32_t deviceIndex, uint64_t *result)
     * }
     */
    public static FunctionDescriptor aoti_torch_create_tensor_from_blob$descriptor() {
        return aoti_torch_create_tensor_from_blob.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_create_tensor_from_blob(void *data, int64_t rank, const int64_t *sizes, const int64_t *strides, int64_t storageOffset, int32_t dtype, int32_t deviceType, int32_t deviceIndex, uint64_t *result)
     * }
     */
    public static MethodHandle aoti_torch_create_tensor_from_blob$handle() {
        return aoti_torch_create_tensor_from_blob.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_create_tensor_from_blob(void *data, int64_t rank, const int64_t *sizes, const int64_t *strides, int64_t storageOffset, int32_t dtype, int32_t deviceType, int32_t deviceIndex, uint64_t *result)
     * }
     */
    public static MemorySegment aoti_torch_create_tensor_from_blob$address() {
        return aoti_torch_create_tensor_from_blob.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_create_tensor_from_blob(void *data, int64_t rank, const int64_t *sizes, const int64_t *strides, int64_t storageOffset, int32_t dtype, int32_t deviceType, int32_t deviceIndex, uint64_t *result)
     * }
     */
    public static int aoti_torch_create_tensor_from_blob(MemorySegment data, long rank, MemorySegment sizes, MemorySegment strides, long storageOffset, int dtype, int deviceType, int deviceIndex, MemorySegment result) {
        var mh$ = aoti_torch_create_tensor_from_blob.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_create_tensor_from_blob", data, rank, sizes, strides, storageOffset, dtype, deviceType, deviceIndex, result);
            }
            return (int)mh$.invokeExact(data, rank, sizes, strides, storageOffset, dtype, deviceType, deviceIndex, result);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_from_blob {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_POINTER,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER,
            Libtorch.C_POINTER,
            Libtorch.C_LONG_LONG,
            Libtorch.C_INT,
            Libtorch.C_INT,
            Libtorch.C_INT,
            Libtorch.C_POINTER,
            Libtorch.C_INT,
            Libtorch.C_POINTER,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_from_blob");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_from_blob(void *data, int64_t rank, const int64_t *sizes, const int64_t *strides, int64_t storageOffset, int32_t dtype, int32_t deviceType, int32_t deviceIndex, uint64_t *result, int32_t layout, const uint8_t *metadata, int64_t metadataSize, void (*deleter)(void *, void *), void *deleterContext)
     * }
     */
    public static FunctionDescriptor torch_from_blob$descriptor() {
        return torch_from_blob.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_from_blob(void *data, int64_t rank, const int64_t *sizes, const int64_t *strides, int64_t storageOffset, int32_t dtype, int32_t deviceType, int32_t deviceIndex, uint64_t *result, int32_t layout, const uint8_t *metadata, int64_t metadataSize, void (*deleter)(void *, void *), void *deleterContext)
     * }
     */
    public static MethodHandle torch_from_blob$handle() {
        return torch_from_blob.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_from_blob(void *data, int64_t rank, const int64_t *sizes, const int64_t *strides, int64_t storageOffset, int32_t dtype, int32_t deviceType, int32_t deviceIndex, uint64_t *result, int32_t layout, const uint8_t *metadata, int64_t metadataSize, void (*deleter)(void *, void *), void *deleterContext)
     * }
     */
    public static MemorySegment torch_from_blob$address() {
        return torch_from_blob.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_from_blob(void *data, int64_t rank, const int64_t *sizes, const int64_t *strides, int64_t storageOffset, int32_t dtype, int32_t deviceType, int32_t deviceIndex, uint64_t *result, int32_t layout, const uint8_t *metadata, int64_t metadataSize, void (*deleter)(void *, void *), void *deleterContext)
     * }
     */
    public static int torch_from_blob(MemorySegment data, long rank, MemorySegment sizes, MemorySegment strides, long storageOffset, int dtype, int deviceType, int deviceIndex, MemorySegment result, int layout, MemorySegment metadata, long metadataSize, MemorySegment deleter, MemorySegment deleterContext) {
        var mh$ = torch_from_blob.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_from_blob", data, rank, sizes, strides, storageOffset, dtype, deviceType, deviceIndex, result, layout, metadata, metadataSize, deleter, deleterContext);
            }
            return (int)mh$.invokeExact(data, rank, sizes, strides, storageOffset, dtype, deviceType, deviceIndex, result, layout, metadata, metadataSize, deleter, deleterContext);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_get_data_ptr {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_get_data_ptr");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_data_ptr(uint64_t tensor, void **data)
     * }
     */
    public static FunctionDescriptor aoti_torch_get_data_ptr$descriptor() {
        return aoti_torch_get_data_ptr.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_data_ptr(uint64_t tensor, void **data)
     * }
     */
    public static MethodHandle aoti_torch_get_data_ptr$handle() {
        return aoti_torch_get_data_ptr.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_data_ptr(uint64_t tensor, void **data)
     * }
     */
    public static MemorySegment aoti_torch_get_data_ptr$address() {
        return aoti_torch_get_data_ptr.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_get_data_ptr(uint64_t tensor, void **data)
     * }
     */
    public static int aoti_torch_get_data_ptr(long tensor, MemorySegment data) {
        var mh$ = aoti_torch_get_data_ptr.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_get_data_ptr", tensor, data);
            }
            return (int)mh$.invokeExact(tensor, data);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_get_dim {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_get_dim");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_dim(uint64_t tensor, int64_t *rank)
     * }
     */
    public static FunctionDescriptor aoti_torch_get_dim$descriptor() {
        return aoti_torch_get_dim.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_dim(uint64_t tensor, int64_t *rank)
     * }
     */
    public static MethodHandle aoti_torch_get_dim$handle() {
        return aoti_torch_get_dim.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_dim(uint64_t tensor, int64_t *rank)
     * }
     */
    public static MemorySegment aoti_torch_get_dim$address() {
        return aoti_torch_get_dim.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_get_dim(uint64_t tensor, int64_t *rank)
     * }
     */
    public static int aoti_torch_get_dim(long tensor, MemorySegment rank) {
        var mh$ = aoti_torch_get_dim.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_get_dim", tensor, rank);
            }
            return (int)mh$.invokeExact(tensor, rank);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_get_numel {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_get_numel");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_numel(uint64_t tensor, int64_t *count)
     * }
     */
    public static FunctionDescriptor aoti_torch_get_numel$descriptor() {
        return aoti_torch_get_numel.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_numel(uint64_t tensor, int64_t *count)
     * }
     */
    public static MethodHandle aoti_torch_get_numel$handle() {
        return aoti_torch_get_numel.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_numel(uint64_t tensor, int64_t *count)
     * }
     */
    public static MemorySegment aoti_torch_get_numel$address() {
        return aoti_torch_get_numel.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_get_numel(uint64_t tensor, int64_t *count)
     * }
     */
    public static int aoti_torch_get_numel(long tensor, MemorySegment count) {
        var mh$ = aoti_torch_get_numel.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_get_numel", tensor, count);
            }
            return (int)mh$.invokeExact(tensor, count);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_get_sizes {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_get_sizes");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_sizes(uint64_t tensor, int64_t **sizes)
     * }
     */
    public static FunctionDescriptor aoti_torch_get_sizes$descriptor() {
        return aoti_torch_get_sizes.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_sizes(uint64_t tensor, int64_t **sizes)
     * }
     */
    public static MethodHandle aoti_torch_get_sizes$handle() {
        return aoti_torch_get_sizes.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_sizes(uint64_t tensor, int64_t **sizes)
     * }
     */
    public static MemorySegment aoti_torch_get_sizes$address() {
        return aoti_torch_get_sizes.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_get_sizes(uint64_t tensor, int64_t **sizes)
     * }
     */
    public static int aoti_torch_get_sizes(long tensor, MemorySegment sizes) {
        var mh$ = aoti_torch_get_sizes.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_get_sizes", tensor, sizes);
            }
            return (int)mh$.invokeExact(tensor, sizes);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_get_strides {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_get_strides");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_strides(uint64_t tensor, int64_t **strides)
     * }
     */
    public static FunctionDescriptor aoti_torch_get_strides$descriptor() {
        return aoti_torch_get_strides.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_strides(uint64_t tensor, int64_t **strides)
     * }
     */
    public static MethodHandle aoti_torch_get_strides$handle() {
        return aoti_torch_get_strides.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_strides(uint64_t tensor, int64_t **strides)
     * }
     */
    public static MemorySegment aoti_torch_get_strides$address() {
        return aoti_torch_get_strides.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_get_strides(uint64_t tensor, int64_t **strides)
     * }
     */
    public static int aoti_torch_get_strides(long tensor, MemorySegment strides) {
        var mh$ = aoti_torch_get_strides.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_get_strides", tensor, strides);
            }
            return (int)mh$.invokeExact(tensor, strides);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_get_size {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_get_size");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_size(uint64_t tensor, int64_t dimension, int64_t *size)
     * }
     */
    public static FunctionDescriptor aoti_torch_get_size$descriptor() {
        return aoti_torch_get_size.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_size(uint64_t tensor, int64_t dimension, int64_t *size)
     * }
     */
    public static MethodHandle aoti_torch_get_size$handle() {
        return aoti_torch_get_size.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_size(uint64_t tensor, int64_t dimension, int64_t *size)
     * }
     */
    public static MemorySegment aoti_torch_get_size$address() {
        return aoti_torch_get_size.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_get_size(uint64_t tensor, int64_t dimension, int64_t *size)
     * }
     */
    public static int aoti_torch_get_size(long tensor, long dimension, MemorySegment size) {
        var mh$ = aoti_torch_get_size.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_get_size", tensor, dimension, size);
            }
            return (int)mh$.invokeExact(tensor, dimension, size);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_get_dtype {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_get_dtype");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_dtype(uint64_t tensor, int32_t *dtype)
     * }
     */
    public static FunctionDescriptor aoti_torch_get_dtype$descriptor() {
        return aoti_torch_get_dtype.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_dtype(uint64_t tensor, int32_t *dtype)
     * }
     */
    public static MethodHandle aoti_torch_get_dtype$handle() {
        return aoti_torch_get_dtype.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_dtype(uint64_t tensor, int32_t *dtype)
     * }
     */
    public static MemorySegment aoti_torch_get_dtype$address() {
        return aoti_torch_get_dtype.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_get_dtype(uint64_t tensor, int32_t *dtype)
     * }
     */
    public static int aoti_torch_get_dtype(long tensor, MemorySegment dtype) {
        var mh$ = aoti_torch_get_dtype.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_get_dtype", tensor, dtype);
            }
            return (int)mh$.invokeExact(tensor, dtype);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_get_layout {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_get_layout");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_layout(uint64_t tensor, int32_t *layout)
     * }
     */
    public static FunctionDescriptor aoti_torch_get_layout$descriptor() {
        return aoti_torch_get_layout.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_layout(uint64_t tensor, int32_t *layout)
     * }
     */
    public static MethodHandle aoti_torch_get_layout$handle() {
        return aoti_torch_get_layout.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_layout(uint64_t tensor, int32_t *layout)
     * }
     */
    public static MemorySegment aoti_torch_get_layout$address() {
        return aoti_torch_get_layout.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_get_layout(uint64_t tensor, int32_t *layout)
     * }
     */
    public static int aoti_torch_get_layout(long tensor, MemorySegment layout) {
        var mh$ = aoti_torch_get_layout.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_get_layout", tensor, layout);
            }
            return (int)mh$.invokeExact(tensor, layout);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_get_device_type {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_get_device_type");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_device_type(uint64_t tensor, int32_t *deviceType)
     * }
     */
    public static FunctionDescriptor aoti_torch_get_device_type$descriptor() {
        return aoti_torch_get_device_type.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_device_type(uint64_t tensor, int32_t *deviceType)
     * }
     */
    public static MethodHandle aoti_torch_get_device_type$handle() {
        return aoti_torch_get_device_type.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_device_type(uint64_t tensor, int32_t *deviceType)
     * }
     */
    public static MemorySegment aoti_torch_get_device_type$address() {
        return aoti_torch_get_device_type.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_get_device_type(uint64_t tensor, int32_t *deviceType)
     * }
     */
    public static int aoti_torch_get_device_type(long tensor, MemorySegment deviceType) {
        var mh$ = aoti_torch_get_device_type.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_get_device_type", tensor, deviceType);
            }
            return (int)mh$.invokeExact(tensor, deviceType);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_get_device_index {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_get_device_index");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_device_index(uint64_t tensor, int32_t *deviceIndex)
     * }
     */
    public static FunctionDescriptor aoti_torch_get_device_index$descriptor() {
        return aoti_torch_get_device_index.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_device_index(uint64_t tensor, int32_t *deviceIndex)
     * }
     */
    public static MethodHandle aoti_torch_get_device_index$handle() {
        return aoti_torch_get_device_index.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_device_index(uint64_t tensor, int32_t *deviceIndex)
     * }
     */
    public static MemorySegment aoti_torch_get_device_index$address() {
        return aoti_torch_get_device_index.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_get_device_index(uint64_t tensor, int32_t *deviceIndex)
     * }
     */
    public static int aoti_torch_get_device_index(long tensor, MemorySegment deviceIndex) {
        var mh$ = aoti_torch_get_device_index.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_get_device_index", tensor, deviceIndex);
            }
            return (int)mh$.invokeExact(tensor, deviceIndex);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_get_storage_offset {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_get_storage_offset");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_storage_offset(uint64_t tensor, int64_t *offset)
     * }
     */
    public static FunctionDescriptor aoti_torch_get_storage_offset$descriptor() {
        return aoti_torch_get_storage_offset.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_storage_offset(uint64_t tensor, int64_t *offset)
     * }
     */
    public static MethodHandle aoti_torch_get_storage_offset$handle() {
        return aoti_torch_get_storage_offset.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_storage_offset(uint64_t tensor, int64_t *offset)
     * }
     */
    public static MemorySegment aoti_torch_get_storage_offset$address() {
        return aoti_torch_get_storage_offset.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_get_storage_offset(uint64_t tensor, int64_t *offset)
     * }
     */
    public static int aoti_torch_get_storage_offset(long tensor, MemorySegment offset) {
        var mh$ = aoti_torch_get_storage_offset.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_get_storage_offset", tensor, offset);
            }
            return (int)mh$.invokeExact(tensor, offset);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_get_storage_size {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_get_storage_size");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_storage_size(uint64_t tensor, int64_t *bytes)
     * }
     */
    public static FunctionDescriptor aoti_torch_get_storage_size$descriptor() {
        return aoti_torch_get_storage_size.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_storage_size(uint64_t tensor, int64_t *bytes)
     * }
     */
    public static MethodHandle aoti_torch_get_storage_size$handle() {
        return aoti_torch_get_storage_size.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_get_storage_size(uint64_t tensor, int64_t *bytes)
     * }
     */
    public static MemorySegment aoti_torch_get_storage_size$address() {
        return aoti_torch_get_storage_size.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_get_storage_size(uint64_t tensor, int64_t *bytes)
     * }
     */
    public static int aoti_torch_get_storage_size(long tensor, MemorySegment bytes) {
        var mh$ = aoti_torch_get_storage_size.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_get_storage_size", tensor, bytes);
            }
            return (int)mh$.invokeExact(tensor, bytes);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_is_contiguous {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_is_contiguous");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_is_contiguous(uint64_t tensor, uint8_t *contiguous)
     * }
     */
    public static FunctionDescriptor aoti_torch_is_contiguous$descriptor() {
        return aoti_torch_is_contiguous.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_is_contiguous(uint64_t tensor, uint8_t *contiguous)
     * }
     */
    public static MethodHandle aoti_torch_is_contiguous$handle() {
        return aoti_torch_is_contiguous.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_is_contiguous(uint64_t tensor, uint8_t *contiguous)
     * }
     */
    public static MemorySegment aoti_torch_is_contiguous$address() {
        return aoti_torch_is_contiguous.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_is_contiguous(uint64_t tensor, uint8_t *contiguous)
     * }
     */
    public static int aoti_torch_is_contiguous(long tensor, MemorySegment contiguous) {
        var mh$ = aoti_torch_is_contiguous.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_is_contiguous", tensor, contiguous);
            }
            return (int)mh$.invokeExact(tensor, contiguous);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_set_requires_grad {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_CHAR
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_set_requires_grad");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_set_requires_grad(uint64_t tensor, uint8_t required)
     * }
     */
    public static FunctionDescriptor torch_set_requires_grad$descriptor() {
        return torch_set_requires_grad.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_set_requires_grad(uint64_t tensor, uint8_t required)
     * }
     */
    public static MethodHandle torch_set_requires_grad$handle() {
        return torch_set_requires_grad.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_set_requires_grad(uint64_t tensor, uint8_t required)
     * }
     */
    public static MemorySegment torch_set_requires_grad$address() {
        return torch_set_requires_grad.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_set_requires_grad(uint64_t tensor, uint8_t required)
     * }
     */
    public static int torch_set_requires_grad(long tensor, byte required) {
        var mh$ = torch_set_requires_grad.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_set_requires_grad", tensor, required);
            }
            return (int)mh$.invokeExact(tensor, required);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_grad_mode_is_enabled {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_CHAR    );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_grad_mode_is_enabled");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * uint8_t aoti_torch_grad_mode_is_enabled()
     * }
     */
    public static FunctionDescriptor aoti_torch_grad_mode_is_enabled$descriptor() {
        return aoti_torch_grad_mode_is_enabled.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * uint8_t aoti_torch_grad_mode_is_enabled()
     * }
     */
    public static MethodHandle aoti_torch_grad_mode_is_enabled$handle() {
        return aoti_torch_grad_mode_is_enabled.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * uint8_t aoti_torch_grad_mode_is_enabled()
     * }
     */
    public static MemorySegment aoti_torch_grad_mode_is_enabled$address() {
        return aoti_torch_grad_mode_is_enabled.ADDR;
    }

    /**
     * {@snippet lang=c :
     * uint8_t aoti_torch_grad_mode_is_enabled()
     * }
     */
    public static byte aoti_torch_grad_mode_is_enabled() {
        var mh$ = aoti_torch_grad_mode_is_enabled.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_grad_mode_is_enabled");
            }
            return (byte)mh$.invokeExact();
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_grad_mode_set_enabled {
        public static final FunctionDescriptor DESC = FunctionDescriptor.ofVoid(
            Libtorch.C_CHAR
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_grad_mode_set_enabled");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * void aoti_torch_grad_mode_set_enabled(uint8_t enabled)
     * }
     */
    public static FunctionDescriptor aoti_torch_grad_mode_set_enabled$descriptor() {
        return aoti_torch_grad_mode_set_enabled.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * void aoti_torch_grad_mode_set_enabled(uint8_t enabled)
     * }
     */
    public static MethodHandle aoti_torch_grad_mode_set_enabled$handle() {
        return aoti_torch_grad_mode_set_enabled.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * void aoti_torch_grad_mode_set_enabled(uint8_t enabled)
     * }
     */
    public static MemorySegment aoti_torch_grad_mode_set_enabled$address() {
        return aoti_torch_grad_mode_set_enabled.ADDR;
    }

    /**
     * {@snippet lang=c :
     * void aoti_torch_grad_mode_set_enabled(uint8_t enabled)
     * }
     */
    public static void aoti_torch_grad_mode_set_enabled(byte enabled) {
        var mh$ = aoti_torch_grad_mode_set_enabled.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_grad_mode_set_enabled", enabled);
            }
            mh$.invokeExact(enabled);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_library_init_impl {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_POINTER,
            Libtorch.C_POINTER,
            Libtorch.C_POINTER,
            Libtorch.C_INT,
            Libtorch.C_POINTER
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_library_init_impl");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_library_init_impl(const char *nameSpace, const char *dispatchKey, const char *file, uint32_t line, uint64_t *library)
     * }
     */
    public static FunctionDescriptor aoti_torch_library_init_impl$descriptor() {
        return aoti_torch_library_init_impl.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_library_init_impl(const char *nameSpace, const char *dispatchKey, const char *file, uint32_t line, uint64_t *library)
     * }
     */
    public static MethodHandle aoti_torch_library_init_impl$handle() {
        return aoti_torch_library_init_impl.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_library_init_impl(const char *nameSpace, const char *dispatchKey, const char *file, uint32_t line, uint64_t *library)
     * }
     */
    public static MemorySegment aoti_torch_library_init_impl$address() {
        return aoti_torch_library_init_impl.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_library_init_impl(const char *nameSpace, const char *dispatchKey, const char *file, uint32_t line, uint64_t *library)
     * }
     */
    public static int aoti_torch_library_init_impl(MemorySegment nameSpace, MemorySegment dispatchKey, MemorySegment file, int line, MemorySegment library) {
        var mh$ = aoti_torch_library_init_impl.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_library_init_impl", nameSpace, dispatchKey, file, line, library);
            }
            return (int)mh$.invokeExact(nameSpace, dispatchKey, file, line, library);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class torch_library_impl {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG,
            Libtorch.C_POINTER,
            Libtorch.C_POINTER,
            Libtorch.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("torch_library_impl");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t torch_library_impl(uint64_t library, const char *name, void (*kernel)(uint64_t *, uint64_t, uint64_t), uint64_t abiVersion)
     * }
     */
    public static FunctionDescriptor torch_library_impl$descriptor() {
        return torch_library_impl.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t torch_library_impl(uint64_t library, const char *name, void (*kernel)(uint64_t *, uint64_t, uint64_t), uint64_t abiVersion)
     * }
     */
    public static MethodHandle torch_library_impl$handle() {
        return torch_library_impl.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t torch_library_impl(uint64_t library, const char *name, void (*kernel)(uint64_t *, uint64_t, uint64_t), uint64_t abiVersion)
     * }
     */
    public static MemorySegment torch_library_impl$address() {
        return torch_library_impl.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t torch_library_impl(uint64_t library, const char *name, void (*kernel)(uint64_t *, uint64_t, uint64_t), uint64_t abiVersion)
     * }
     */
    public static int torch_library_impl(long library, MemorySegment name, MemorySegment kernel, long abiVersion) {
        var mh$ = torch_library_impl.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("torch_library_impl", library, name, kernel, abiVersion);
            }
            return (int)mh$.invokeExact(library, name, kernel, abiVersion);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }

    private static class aoti_torch_delete_library_object {
        public static final FunctionDescriptor DESC = FunctionDescriptor.of(
            Libtorch.C_INT,
            Libtorch.C_LONG_LONG
        );

        public static final MemorySegment ADDR = org.frugaltorch.bindings.NativeLibrary.address("aoti_torch_delete_library_object");

        public static final MethodHandle HANDLE = Linker.nativeLinker().downcallHandle(ADDR, DESC);
    }

    /**
     * Function descriptor for:
     * {@snippet lang=c :
     * int32_t aoti_torch_delete_library_object(uint64_t library)
     * }
     */
    public static FunctionDescriptor aoti_torch_delete_library_object$descriptor() {
        return aoti_torch_delete_library_object.DESC;
    }

    /**
     * Downcall method handle for:
     * {@snippet lang=c :
     * int32_t aoti_torch_delete_library_object(uint64_t library)
     * }
     */
    public static MethodHandle aoti_torch_delete_library_object$handle() {
        return aoti_torch_delete_library_object.HANDLE;
    }

    /**
     * Address for:
     * {@snippet lang=c :
     * int32_t aoti_torch_delete_library_object(uint64_t library)
     * }
     */
    public static MemorySegment aoti_torch_delete_library_object$address() {
        return aoti_torch_delete_library_object.ADDR;
    }

    /**
     * {@snippet lang=c :
     * int32_t aoti_torch_delete_library_object(uint64_t library)
     * }
     */
    public static int aoti_torch_delete_library_object(long library) {
        var mh$ = aoti_torch_delete_library_object.HANDLE;
        try {
            if (TRACE_DOWNCALLS) {
                traceDowncall("aoti_torch_delete_library_object", library);
            }
            return (int)mh$.invokeExact(library);
        } catch (Error | RuntimeException ex) {
           throw ex;
        } catch (Throwable ex$) {
           throw new AssertionError("should not reach here", ex$);
        }
    }
}

