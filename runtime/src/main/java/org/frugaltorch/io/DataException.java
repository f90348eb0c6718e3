package org.frugaltorch.io;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/** A file that is missing, unreadable, damaged or cannot be written; the message is one sentence for the user. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence: what is wrong, where, and what to do */
    public DataException(String message) {
        super(message);
    }

    /** As {@link #DataException(String)}, keeping the {@code cause} for a stack trace. */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The exception for a {@code path} that could not be read. */
    public static DataException unreadable(Path path, IOException cause) {
        return new DataException("cannot read " + path + ": " + reason(cause), cause);
    }

    /** The exception for a {@code path} that could not be written. */
    public static DataException unwritable(Path path, IOException cause) {
        return new DataException("cannot write " + path + ": " + reason(cause), cause);
    }

    /** What went wrong, in words; Java's own messages are often just the path. */
    private static String reason(IOException cause) {
        String said = String.valueOf(cause.getMessage());
        String lower = said.toLowerCase(Locale.ROOT);
        // The platform reports a full disk or quota only in the text of the error.
        if (lower.contains("no space left") || lower.contains("not enough space") || lower.contains("quota exceeded")) {
            return "the disk is full; free some space and try again";
        }
        return switch (cause) {
            case NoSuchFileException missing -> missing.getFile() + " does not exist";
            case AccessDeniedException denied -> "permission denied for " + denied.getFile();
            case NotDirectoryException plain -> plain.getFile() + " is not a directory";
            case DirectoryNotEmptyException full -> full.getFile() + " is a directory that is not empty";
            case FileAlreadyExistsException present -> present.getFile() + " already exists";
            case FileSystemException other when other.getReason() != null -> other.getReason() + " (" + other.getFile() + ")";
            case CharacterCodingException notText -> "it is not UTF-8 text";
            default -> cause.getMessage() == null ? cause.getClass().getSimpleName() : said;
        };
    }
}
