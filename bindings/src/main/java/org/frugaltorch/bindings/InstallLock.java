package org.frugaltorch.bindings;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A lock file that one installer at a time holds, across processes and within this one. */
final class InstallLock {

    private static final long RETRY_MILLIS = 50;

    /** What is done under the lock. */
    interface Work {
        void run() throws IOException;
    }

    private InstallLock() {}

    /** Waits for the lock and holds it while {@code work} runs. */
    static void runHolding(Path file, Work work) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            acquire(channel);
            work.run();
        }
    }

    private static void acquire(FileChannel channel) throws IOException {
        while (true) {
            try {
                channel.lock();
                return;
            } catch (OverlappingFileLockException e) {
                // Another thread of this process holds it, for which the operating system would not wait.
                pause();
            }
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while another installation was running", e);
        }
    }
}
