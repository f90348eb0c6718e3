package org.frugaltorch.jmh.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.frugaltorch.bindings.NativeLibrary;

/**
 * Who takes part in a run, as far as it is installed.
 *
 * @param libraries those that do, ours first
 * @param versions of Java, libtorch and every library
 * @param leftOut sentences on those that do not
 * @param programs runs those in Python, if they were asked for
 */
record Participants(
        List<Implementation> libraries, Map<String, String> versions, List<String> leftOut,
        Optional<PythonProcesses> programs) {

    /**
     * Looks for all libraries.
     *
     * @param peers whether others in Java take part; null: if they are there
     * @param python the program, or null for none
     * @param environment of processes
     * @param work folder of what all libraries work on
     * @param log of Python
     * @throws IllegalStateException when something that was asked for is missing
     */
    static Participants find(
            Installation installation, Boolean peers, String python, ChildEnvironment environment, Path work,
            Path log) {
        Participants found = new Participants(new ArrayList<>(List.of(Implementation.FRUGALTORCH)), new TreeMap<>(),
                new ArrayList<>(), Optional.ofNullable(python).map(program -> new PythonProcesses(
                        program, installation.python().orElseThrow(() -> new IllegalStateException(
                                "The Python programs are missing: they belong into a folder python beside "
                                + installation.folder())), environment, work, log)));
        found.versions.put("Java", Runtime.version().toString());
        found.versions.put(Implementation.FRUGALTORCH.title(), "libtorch " + NativeLibrary.info().version());
        if (!Boolean.FALSE.equals(peers)) {
            found.addJava(installation, peers != null);
        }
        found.addPython(python, log);
        return found;
    }

    private void addJava(Installation installation, boolean needed) {
        for (Implementation library : installation.javaLibraries()) {
            if (!library.isOurs()) {
                libraries.add(library);
                versions.put(library.title(), installation.version(library));
            }
        }
        if (libraries.size() > 1) {
            return;
        }
        String missing = "DJL and JavaCPP are left out, since they were not built:"
                + " `./frugal bench --peers` fetches and builds them, some 300 MB";
        if (needed) {
            throw new IllegalStateException(missing);
        }
        leftOut.add(missing);
    }

    private void addPython(String python, Path log) {
        if (programs.isEmpty()) {
            leftOut.add("PyTorch and transformers are left out: name a Python that has them with --python");
            return;
        }
        for (Implementation library : List.of(Implementation.PYTORCH, Implementation.TRANSFORMERS)) {
            String version = programs.get().version(library);
            if (version.isEmpty()) {
                leftOut.add(library.title() + " is left out, since " + python + " does not have it (see " + log + ")");
            } else {
                libraries.add(library);
                versions.put(library.title(), version);
            }
        }
    }
}
