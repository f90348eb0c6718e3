package org.frugaltorch.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.frugaltorch.bindings.generated.torch_from_blob$deleter;

/** Keeps the Java owners of foreign memory reachable while native tensors refer to it. */
final class BlobOwners {
    private static final Map<Long, Object> OWNERS = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT = new AtomicLong(1);
    private static final MemorySegment DELETER = torch_from_blob$deleter.allocate(
            (data, context) -> OWNERS.remove(context.address()), Arena.global());

    private BlobOwners() {}

    static MemorySegment deleter() {
        return DELETER;
    }

    /** Keeps {@code owner} until the deleter is called with the returned context. */
    static MemorySegment keep(Object owner) {
        long key = NEXT.getAndIncrement();
        OWNERS.put(key, owner);
        return MemorySegment.ofAddress(key);
    }

    /** Before libtorch 2.11 nobody tells when the memory is free, so its owner stays for good; returns {@code cell}. */
    static MemorySegment keepForGood(Object owner, MemorySegment cell) {
        keep(owner);
        return cell;
    }
}
