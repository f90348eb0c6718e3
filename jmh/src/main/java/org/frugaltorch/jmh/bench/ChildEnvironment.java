package org.frugaltorch.jmh.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.io.DataException;

/**
 * The environment of all processes that measure: the same number of threads for every library, and otherwise the user's.
 * libtorch in this process adds to this process's environment what suits us; others shall not get it unasked.
 *
 * @param variables values by name; null for those that are not to be set
 */
record ChildEnvironment(Map<String, String> variables) {
    private static final List<String> THREADS = List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS");
    private static final List<String> OURS = List.of("OMP_WAIT_POLICY", "OPENBLAS_THREAD_TIMEOUT");

    /**
     * An environment.
     *
     * @param threads that libraries may use
     * @param user the environment before libtorch was loaded
     */
    static ChildEnvironment of(int threads, Map<String, String> user) {
        Map<String, String> variables = new LinkedHashMap<>();
        THREADS.forEach(name -> variables.put(name, Integer.toString(threads)));
        OURS.forEach(name -> variables.put(name, user.get(name)));
        return new ChildEnvironment(variables);
    }

    /** Gives it to a process that is to be started. */
    void applyTo(ProcessBuilder process) {
        variables.forEach((name, value) -> {
            if (value == null) {
                process.environment().remove(name);
            } else {
                process.environment().put(name, value);
            }
        });
    }

    /**
     * Writes a program that starts this process's Java in that environment; JMH starts Java itself and knows of none.
     *
     * @return the program's file
     */
    Path writeJava(Path folder) {
        List<String> lines = new ArrayList<>(List.of("#!/bin/sh"));
        variables.forEach((name, value) ->
                lines.add(value == null ? "unset " + name : "export " + name + "=" + quoted(value)));
        lines.add("exec " + quoted(Path.of(System.getProperty("java.home"), "bin", "java").toString()) + " \"$@\"");
        try {
            Path program = Files.write(Files.createDirectories(folder.toAbsolutePath()).resolve("java"), lines);
            return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException failure) {
            throw DataException.unwritable(folder, failure);
        }
    }

    private static String quoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }
}
