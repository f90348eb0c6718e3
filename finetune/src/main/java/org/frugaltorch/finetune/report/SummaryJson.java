package org.frugaltorch.finetune.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.measure.MeasuredJson;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.DataException;

/** The file {@code summary.json}: one object with one field a method, whose value holds that method's figures. */
public final class SummaryJson {
    private static final String METHOD = "method";

    private SummaryJson() {}

    /**
     * Writes the file, replacing what it held, in one piece or not at all.
     *
     * @throws IllegalArgumentException if there is no summary, or two have the same method name
     * @throws DataException            if the file cannot be written
     */
    public static void write(Path file, List<RunSummary> summaries) {
        AtomicFiles.writeString(file, text(summaries));
    }

    /**
     * Adds one method to a file that may hold others already; a former result of the same method is replaced in its place.
     * Not for two processes at the same moment.
     *
     * @throws DataException if the file is damaged or cannot be written
     */
    public static void put(Path file, RunSummary summary) {
        List<RunSummary> summaries = Files.exists(file) ? new ArrayList<>(read(file)) : new ArrayList<>();
        boolean replaced = false;
        for (int i = 0; i < summaries.size(); i++) {
            if (summaries.get(i).method().equals(summary.method())) {
                summaries.set(i, summary);
                replaced = true;
            }
        }
        if (!replaced) {
            summaries.add(summary);
        }
        write(file, summaries);
    }

    /**
     * Reads the file back.
     *
     * @throws DataException if the file cannot be read or is no summary
     */
    public static List<RunSummary> read(Path file) {
        String json;
        try {
            json = Files.readString(file);
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
        try {
            List<RunSummary> summaries = new ArrayList<>();
            MeasuredJson.readObjectOf(json, Map.class).forEach((method, figures) -> summaries.add(summary(method, figures)));
            return List.copyOf(summaries);
        } catch (IllegalArgumentException damaged) {
            throw new DataException("cannot read " + file + ": it is not a summary of runs: " + damaged.getMessage(),
                    damaged);
        }
    }

    static String text(List<RunSummary> summaries) {
        return MeasuredJson.indented(asMap(summaries));
    }

    /** The content of the file: figures by method, in order. */
    public static Map<String, Object> asMap(List<RunSummary> summaries) {
        RunSummary.requireDistinct(summaries);
        Map<String, Object> byMethod = new LinkedHashMap<>();
        for (RunSummary summary : summaries) {
            Map<String, Object> figures = MeasuredJson.fields(summary);
            figures.remove(METHOD);
            byMethod.put(summary.method(), figures);
        }
        return byMethod;
    }

    private static RunSummary summary(String method, Map<?, ?> figures) {
        if (figures == null) {
            throw new IllegalArgumentException("the value of '" + method + "' is no object");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        figures.forEach((name, value) -> fields.put(String.valueOf(name), value));
        fields.put(METHOD, method);
        return MeasuredJson.fromFields(fields, RunSummary.class);
    }
}
