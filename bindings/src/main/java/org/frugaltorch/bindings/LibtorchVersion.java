package org.frugaltorch.bindings;

import java.util.Comparator;

/**
 * A release of libtorch.
 *
 * @param major first number
 * @param minor second number
 * @param patch third number
 */
public record LibtorchVersion(int major, int minor, int patch) implements Comparable<LibtorchVersion> {

    /** The oldest release whose C ABI has what we build on ({@code torch_call_dispatcher} and its like). */
    public static final LibtorchVersion OLDEST = new LibtorchVersion(2, 10, 0);

    private static final Comparator<LibtorchVersion> ORDER = Comparator.comparingInt(LibtorchVersion::major)
            .thenComparingInt(LibtorchVersion::minor)
            .thenComparingInt(LibtorchVersion::patch);

    /** The release that {@code aoti_torch_abi_version()} stands for: one byte each, from the highest down. */
    static LibtorchVersion ofAbi(long abi) {
        return new LibtorchVersion((int) (abi >>> 56), (int) (abi >>> 48) & 0xff, (int) (abi >>> 40) & 0xff);
    }

    /** What the calls that take an ABI version want to be told: the inverse of {@code aoti_torch_abi_version()}. */
    public long abi() {
        return (long) major << 56 | (long) minor << 48 | (long) patch << 40;
    }

    /** Whether this release is {@code other} or newer. */
    public boolean isAtLeast(LibtorchVersion other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(LibtorchVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
