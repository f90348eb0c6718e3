package org.frugaltorch.bindings;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.frugaltorch.bindings.generated.Libtorch;

/**
 * The one place where a failure of libtorch becomes a Java exception. Every status that a native call returns passes
 * {@link #check}; nothing else reads libtorch's error text.
 */
@SuppressWarnings("restricted")
public final class NativeStatus {
    private static final long LONGEST_MESSAGE = 1 << 16;

    private NativeStatus() {}

    /**
     * @param status what a native call returned; 0 is success
     * @param what what was being done, such as an operator's name
     * @throws OutOfTorchMemoryException when an allocator had no memory left
     * @throws NativeException for any other failure, with libtorch's own words
     */
    public static void check(int status, String what) {
        if (status != 0) {
            throw failure(what);
        }
    }

    private static NativeException failure(String what) {
        String message = lastMessage();
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("can't allocate memory") || lower.contains("out of memory")) {
            return new OutOfTorchMemoryException(what + ": " + message
                    + " Use a smaller batch, shorter sequences, or a method that saves fewer activations.");
        }
        return new NativeException(what + ": " + message);
    }

    private static String lastMessage() {
        if (!LibtorchFeature.ERROR_TEXT.isAvailable()) {
            return "libtorch reported a failure; this version gives no text for it (2.13 and later do).";
        }
        MemorySegment text = Libtorch.torch_exception_get_what_without_backtrace();
        if (text.address() == 0) {
            return "libtorch reported a failure without a text.";
        }
        return oneSentence(NativeMemory.view(text.address(), LONGEST_MESSAGE).getString(0));
    }

    /** The first paragraph, without the C++ source position that some messages start with. */
    static String oneSentence(String message) {
        int end = message.indexOf("\nException raised from");
        String first = (end < 0 ? message : message.substring(0, end)).strip().replaceAll("\\s*\\R\\s*", " ");
        return first.replaceFirst("^\\[enforce fail at [^]]*] [^.]*\\.\\s*", "");
    }
}
