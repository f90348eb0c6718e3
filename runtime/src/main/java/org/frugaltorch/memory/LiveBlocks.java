package org.frugaltorch.memory;

/**
 * The blocks of memory that were allocated under a ledger and not freed yet: their sizes by address. An open table of
 * numbers, as every allocation passes through it. Guarded by the {@link MemoryLedger}.
 */
final class LiveBlocks {
    private static final int FIRST_CAPACITY = 1 << 10;
    private static final long SPREAD = 0x9E3779B97F4A7C15L; // golden ratio: addresses are multiples of 64

    private long[] addresses = new long[FIRST_CAPACITY]; // 0: nothing
    private long[] sizes = new long[FIRST_CAPACITY];
    private int count;

    /**
     * Notes a block.
     *
     * @return the size of one that was at the same address before, and so was freed without a word; or 0
     */
    long put(long address, long size) {
        int slot = slot(address);
        long before = addresses[slot] == address ? sizes[slot] : 0;
        addresses[slot] = address;
        sizes[slot] = size;
        if (before == 0 && 2 * ++count > addresses.length) {
            grow();
        }
        return before;
    }

    /** Forgets a block: its size, or 0 if there was none at that address. */
    long remove(long address) {
        int gap = slot(address);
        if (addresses[gap] == 0) {
            return 0;
        }
        long size = sizes[gap];
        count--;
        // What was pushed on by this block moves up.
        for (int next = after(gap); addresses[next] != 0; next = after(next)) {
            int home = home(addresses[next]);
            boolean stays = gap <= next ? gap < home && home <= next : gap < home || home <= next;
            if (!stays) {
                addresses[gap] = addresses[next];
                sizes[gap] = sizes[next];
                gap = next;
            }
        }
        addresses[gap] = 0;
        return size;
    }

    int count() {
        return count;
    }

    private int slot(long address) {
        int slot = home(address);
        while (addresses[slot] != 0 && addresses[slot] != address) {
            slot = after(slot);
        }
        return slot;
    }

    private int home(long address) {
        return (int) (address * SPREAD >>> 32) & addresses.length - 1;
    }

    private int after(int slot) {
        return slot + 1 & addresses.length - 1;
    }

    private void grow() {
        long[] oldAddresses = addresses;
        long[] oldSizes = sizes;
        addresses = new long[2 * oldAddresses.length];
        sizes = new long[2 * oldAddresses.length];
        for (int i = 0; i < oldAddresses.length; i++) {
            if (oldAddresses[i] != 0) {
                int slot = slot(oldAddresses[i]);
                addresses[slot] = oldAddresses[i];
                sizes[slot] = oldSizes[i];
            }
        }
    }
}
