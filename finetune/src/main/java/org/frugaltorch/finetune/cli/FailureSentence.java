package org.frugaltorch.finetune.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.frugaltorch.bindings.LibtorchLoadException;
import org.frugaltorch.bindings.NativeException;
import org.frugaltorch.finetune.train.TrainingException;
import org.frugaltorch.io.DataException;

/** A failure in one sentence: our own exceptions bring theirs, the system's get one. */
public final class FailureSentence {

    private FailureSentence() {}

    /** The sentence. */
    public static String of(Throwable failure) {
        Throwable cause = unwrap(failure);
        return switch (cause) {
            case NoSuchFileException e -> "There is no file or folder " + e.getFile() + ".";
            case AccessDeniedException e -> "No permission to read or write " + e.getFile() + ".";
            case FileAlreadyExistsException e -> "There is already a file or folder " + e.getFile() + ".";
            case FileSystemException e -> e.getFile() + ": " + e.getReason() + ".";
            case OutOfMemoryError e -> "The memory of the Java program is full (" + e.getMessage() + "), "
                    + "give it more with FRUGAL_JAVA_OPTIONS=-Xmx8g or the like.";
            default -> isUnexpected(cause)
                    ? "An error in the program itself, " + cause.getClass().getSimpleName()
                            + (cause.getMessage() == null ? "." : ": " + cause.getMessage())
                    : cause.getMessage();
        };
    }

    /** Whether this is a defect of ours and not something that the user can put right. */
    public static boolean isUnexpected(Throwable failure) {
        Throwable cause = unwrap(failure);
        boolean expected = cause instanceof LibtorchLoadException || cause instanceof NativeException
                || cause instanceof DataException || cause instanceof TrainingException
                || cause instanceof IllegalArgumentException || cause instanceof IllegalStateException
                || cause instanceof IOException || cause instanceof OutOfMemoryError;
        return !expected || cause.getMessage() == null;
    }

    /** Whether what was asked for makes no sense, whatever the files hold. */
    static boolean isAboutSettings(Throwable failure) {
        return unwrap(failure) instanceof IllegalArgumentException && !isUnexpected(failure);
    }

    /** What stands behind a wrapper that only carries another failure. */
    private static Throwable unwrap(Throwable failure) {
        boolean carrier = failure instanceof ExceptionInInitializerError || failure instanceof UncheckedIOException
                || failure instanceof ExecutionException || failure instanceof CompletionException;
        return carrier && failure.getCause() != null ? unwrap(failure.getCause()) : failure;
    }
}
