package org.frugaltorch.jmh.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.frugaltorch.finetune.measure.Machine;
import org.frugaltorch.finetune.measure.MeasuredJson;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.DataException;

/**
 * All results of a run.
 *
 * @param command how it was started, for whoever wants the same
 * @param machine that it ran on
 * @param versions of everything that took part, by name
 * @param results in the order of the run
 * @param failures sentences on what could not be measured
 */
public record BenchResults(
        String command, Machine machine, Map<String, String> versions, List<BenchResult> results,
        List<String> failures) {
    public BenchResults {
        versions = versions == null ? Map.of() : new TreeMap<>(versions);
        results = results == null ? List.of() : List.copyOf(results);
        failures = failures == null ? List.of() : List.copyOf(failures);
    }

    /** No results yet. */
    static BenchResults empty(String command, Map<String, String> versions) {
        return new BenchResults(command, Machine.here(), versions, List.of(), List.of());
    }

    /** These and one more; samples of the same benchmark come together. */
    BenchResults with(BenchResult added) {
        List<BenchResult> all = new ArrayList<>(results);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isSameAs(added)) {
                all.set(i, all.get(i).with(added));
                return new BenchResults(command, machine, versions, all, failures);
            }
        }
        all.add(added);
        return new BenchResults(command, machine, versions, all, failures);
    }

    /** These and a failure, told once. */
    BenchResults withFailure(String sentence) {
        if (failures.contains(sentence)) {
            return this;
        }
        List<String> all = new ArrayList<>(failures);
        all.add(sentence);
        return new BenchResults(command, machine, versions, results, all);
    }

    /**
     * These and those of another run on the same machine; the command is this one's.
     *
     * @throws DataException if the other is of another machine: no figure would say which one it is of
     */
    BenchResults with(BenchResults other) {
        if (machine != null && other.machine != null && !machine.processor().equals(other.machine.processor())) {
            throw new DataException("Results of several machines do not go into one report: these are of "
                    + machine.processor() + ", those of " + other.machine.processor() + "; make a report of each");
        }
        Map<String, String> both = new TreeMap<>(other.versions);
        both.putAll(versions);
        BenchResults all = new BenchResults(command, machine, both, results, failures);
        for (BenchResult result : other.results) {
            all = all.with(result);
        }
        for (String failure : other.failures) {
            all = all.withFailure(failure);
        }
        return all;
    }

    /** The results of a group. */
    List<BenchResult> of(BenchGroup group) {
        return results.stream().filter(result -> result.group().equals(group.toString())).toList();
    }

    /**
     * Writes a file, in one piece or not at all.
     *
     * @throws DataException if it cannot be written
     */
    void write(Path file) {
        AtomicFiles.writeString(file, MeasuredJson.indented(this));
    }

    /**
     * Reads what was written here or by the Python programs.
     *
     * @throws DataException if the file cannot be read or holds something else
     */
    static BenchResults read(Path file) {
        BenchResults results;
        try {
            results = MeasuredJson.read(Files.readString(file), BenchResults.class);
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        } catch (IllegalArgumentException damaged) {
            throw new DataException(
                    "cannot read " + file + ": it holds no results of benchmarks: " + damaged.getMessage(), damaged);
        }
        if (results == null || results.machine == null) {
            throw new DataException("cannot read " + file
                    + ": it holds no results of benchmarks, for it names no machine");
        }
        return results;
    }
}
