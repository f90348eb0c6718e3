package org.frugaltorch.tensor;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Element types of a {@link Tensor}. Codes are libtorch's {@code c10::ScalarType}, which its C ABI keeps stable;
 * the short names are those of the safetensors format.
 */
public enum DType {
    UINT8(0, 1, "U8", "uint8"),
    INT8(1, 1, "I8", "int8"),
    INT16(2, 2, "I16", "int16"),
    INT32(3, 4, "I32", "int32"),
    INT64(4, 8, "I64", "int64"),
    FLOAT16(5, 2, "F16", "float16"),
    FLOAT32(6, 4, "F32", "float32"),
    FLOAT64(7, 8, "F64", "float64"),
    COMPLEX64(9, 8, "C64", "complex64"),
    COMPLEX128(10, 16, "C128", "complex128"),
    BOOL(11, 1, "BOOL", "bool"),
    BFLOAT16(15, 2, "BF16", "bfloat16"),
    FLOAT8_E5M2(23, 1, "F8_E5M2", "float8_e5m2"),
    FLOAT8_E4M3FN(24, 1, "F8_E4M3", "float8_e4m3fn"),
    UINT16(27, 2, "U16", "uint16"),
    UINT32(28, 4, "U32", "uint32"),
    UINT64(29, 8, "U64", "uint64");

    private static final DType[] BY_CODE = new DType[64];
    private static final Map<String, DType> BY_SAFETENSORS_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(DType::safetensorsName, Function.identity()));

    static {
        for (DType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final int code;
    private final int byteSize;
    private final String safetensorsName;
    private final String torchName;

    DType(int code, int byteSize, String safetensorsName, String torchName) {
        this.code = code;
        this.byteSize = byteSize;
        this.safetensorsName = safetensorsName;
        this.torchName = torchName;
    }

    /** The type with libtorch's number {@code code}. */
    public static DType ofCode(int code) {
        DType type = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        if (type == null) {
            throw new IllegalArgumentException("libtorch's scalar type " + code + " is not supported");
        }
        return type;
    }

    /** The type that a safetensors header calls {@code name}, or null. */
    public static DType ofSafetensorsName(String name) {
        return BY_SAFETENSORS_NAME.get(name);
    }

    /** libtorch's number of this type. */
    public int code() {
        return code;
    }

    /** Bytes an element takes. */
    public int byteSize() {
        return byteSize;
    }

    /** The name in a safetensors header, such as {@code F32}. */
    public String safetensorsName() {
        return safetensorsName;
    }

    /** PyTorch's name, such as {@code float32}. */
    public String torchName() {
        return torchName;
    }

    /** Whether values are integers or truth values. */
    public boolean isWhole() {
        return !isFloatingPoint() && this != COMPLEX64 && this != COMPLEX128;
    }

    /** Whether values are real floating-point numbers, the only ones that take gradients here. */
    public boolean isFloatingPoint() {
        return switch (this) {
            case FLOAT16, FLOAT32, FLOAT64, BFLOAT16, FLOAT8_E5M2, FLOAT8_E4M3FN -> true;
            default -> false;
        };
    }
}
