package org.frugaltorch.finetune.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.measure.MeasuredJson;
import org.frugaltorch.io.DataException;

/**
 * The log of a training run: one JSON object a line, each handed to the operating system before {@link #write} returns, so
 * that a killed run loses at most the line it was writing. Evaluations and events are also forced to the disk.
 */
public final class RunLog implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private RunLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Starts a new log, creating missing parent folders.
     *
     * @throws DataException if the file exists already or cannot be written
     */
    public static RunLog create(Path file) {
        try {
            Path parent = file.toAbsolutePath().getParent();
            Files.createDirectories(parent);
            return new RunLog(file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (FileAlreadyExistsException exists) {
            throw new DataException("cannot start a new run log at " + file
                    + ": it exists already; go on with that run (--resume), replace it (--force), or choose another --out", exists);
        } catch (IOException failure) {
            throw DataException.unwritable(file, failure);
        }
    }

    /**
     * Continues the log of a run that goes on from a checkpoint. Lines of steps after the checkpoint are removed, for those
     * steps will be taken again; so is a last line that a kill cut short.
     *
     * @param file     the log; started anew if there is none
     * @param lastStep number of optimiser steps that the checkpoint holds
     * @throws DataException if the file is damaged or cannot be written
     */
    public static RunLog resume(Path file, long lastStep) {
        if (!Files.exists(file)) {
            return create(file);
        }
        long keep = 0;
        for (Line line : lines(file)) {
            if (line.entry.step() > lastStep) {
                break;
            }
            keep = line.end;
        }
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.READ);
            RunLog log = new RunLog(file, channel);
            channel.truncate(keep).position(keep);
            log.endLastLine();
            return log;
        } catch (IOException failure) {
            throw DataException.unwritable(file, failure);
        }
    }

    /**
     * All records of a log in their order. A last line that a kill cut short is left out.
     *
     * @throws DataException if the file cannot be read or any other line is damaged
     */
    public static List<RunRecord> read(Path file) {
        return lines(file).stream().map(Line::entry).toList();
    }

    /**
     * Appends one record.
     *
     * @throws DataException if it cannot be written
     */
    public void write(RunRecord entry) {
        try {
            append(MeasuredJson.line(entry) + "\n");
            if (!(entry instanceof RunRecord.Step)) {
                channel.force(false);
            }
        } catch (IOException failure) {
            throw DataException.unwritable(file, failure);
        }
    }

    /** The file being written. */
    public Path file() {
        return file;
    }

    @Override
    public void close() {
        try {
            if (channel.isOpen()) {
                channel.force(true);
                channel.close();
            }
        } catch (IOException failure) {
            throw DataException.unwritable(file, failure);
        }
    }

    private void append(String text) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    // A kill can fall between a record and its line end: the record counts, its line end is still due.
    private void endLastLine() throws IOException {
        long size = channel.size();
        if (size > 0) {
            ByteBuffer last = ByteBuffer.allocate(1);
            channel.read(last, size - 1);
            if (last.get(0) != '\n') {
                append("\n");
            }
        }
    }

    /** A record and the offset in bytes behind it and its line end. */
    private record Line(RunRecord entry, long end) {}

    private static List<Line> lines(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
        List<Line> lines = new ArrayList<>();
        int start = 0;
        for (int number = 1; start < bytes.length; number++) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            String text = new String(bytes, start, end - start, StandardCharsets.UTF_8);
            int next = Math.min(end + 1, bytes.length);
            try {
                lines.add(new Line(MeasuredJson.read(text, RunRecord.class), next));
            } catch (IllegalArgumentException damaged) {
                if (next < bytes.length) {
                    throw new DataException("cannot read " + file + ": line " + number
                            + " is not a record of a run log; the file was changed or damaged", damaged);
                }
            }
            start = next;
        }
        return lines;
    }
}
