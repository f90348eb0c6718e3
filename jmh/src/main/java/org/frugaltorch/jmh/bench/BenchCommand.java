package org.frugaltorch.jmh.bench;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.frugaltorch.bindings.NativeLibrary;
import org.frugaltorch.finetune.cli.JsonOption;
import org.frugaltorch.finetune.cli.Subcommand;
import org.frugaltorch.jmh.StepFixtures;
import org.frugaltorch.tensor.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code frugal bench}: measures everything, beside everything that one would take instead. */
@Command(name = "bench", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Measure FrugalTorch, beside DJL, JavaCPP, PyTorch and transformers.",
        description = {
            "",
            "Every benchmark runs in a process of its own, libraries taking turns, and every library first has to show"
                    + " that it computes the same. Prints tables, and writes results.json after every process.",
            "",
            "All libraries take their number of threads from the environment: OMP_NUM_THREADS, OPENBLAS_NUM_THREADS and"
                    + " MKL_NUM_THREADS bound all of them alike.",
            ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./frugal bench --quick                              # a first look, in minutes",
            "  ./frugal bench --peers --python python3 --report    # all of it",
            "  ./frugal bench --only operators,same-step --peers --rounds 5",
            "  ./frugal bench --growth                             # memory and time as a model grows"})
public final class BenchCommand implements Callable<Integer>, Subcommand {
    private static final String CPU = "cpu";

    @Option(names = "--quick", description = "A first look: the same as --preset quick.")
    private boolean quick;

    @Option(names = "--preset", paramLabel = "NAME",
            description = "How large a run is: tiny, quick, full or gpu (default: full).")
    private String preset;

    @Option(names = "--only", split = ",", paramLabel = "NAMES",
            description = "Some benchmarks: calls, operators, scopes, same-step, encoder-step, decoder-step,"
                    + " safetensors, four-bit, matmul, text, ledger, generation.")
    private List<String> only;

    @Option(names = "--peers",
            description = "Fetch and build DJL and JavaCPP first (some 300 MB); once built, they always run.")
    private boolean peers;

    @Option(names = "--python", paramLabel = "PROGRAM",
            description = "Also run PyTorch and transformers in this Python.")
    private String python;

    @Option(names = "--device", defaultValue = CPU, paramLabel = "NAME",
            description = "Where models are: cpu or cuda (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--rounds", paramLabel = "N", description = "Processes of each benchmark (default: the preset's).")
    private Integer rounds;

    @Option(names = "--growth", description = "Instead: memory and time by sequence, batch, layers and ratio.")
    private boolean growth;

    @Option(names = "--report", description = "Also write report.html with plots, and tables.md for a README.")
    private boolean report;

    @Option(names = "--from", split = ",", paramLabel = "FILES",
            description = "Measure nothing; take results from these files, for example those of other machines.")
    private List<Path> from;

    @Option(names = {"-o", "--out"}, defaultValue = "out/bench", paramLabel = "DIR",
            description = "Folder for everything that is written (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public BenchCommand() {}

    @Override
    public Integer call() {
        Preset size = size();
        List<BenchGroup> groups = BenchGroup.named(only);
        if (rounds != null && rounds < 1) {
            throw new ParameterException(spec.commandLine(), "--rounds must be at least 1, not " + rounds);
        }
        Device.parse(device);
        if (growth) {
            return grow(size);
        }
        BenchResults results = from == null ? measured(size, groups) : read();
        PrintWriter printed = spec.commandLine().getOut();
        Tables.of(results).forEach(printed::println);
        if (report) {
            new BenchReport(results).write(out);
            printed.println("The report is " + out.resolve("report.html") + ", its tables are in "
                    + out.resolve("tables.md"));
        }
        json.write(results);
        return results.results().isEmpty() ? 1 : 0;
    }

    private Preset size() {
        if (quick && preset != null) {
            throw new ParameterException(spec.commandLine(), "--quick is a preset already: leave out --preset");
        }
        return quick ? Preset.QUICK : preset == null ? Preset.FULL : Preset.named(preset);
    }

    private int grow(Preset size) {
        Growth plan = Growth.of(size);
        GrowthReport grown = new GrowthReport(command(), plan.shape(), plan.run(this::tell));
        grown.write(out);
        PrintWriter printed = spec.commandLine().getOut();
        grown.tables().forEach(printed::println);
        printed.println("Curves are in " + out.resolve("growth.html"));
        grown.bends().forEach(point -> printed.println("Not as the formula counts: " + point));
        json.write(grown.points());
        return 0;
    }

    private BenchResults read() {
        BenchResults all = BenchResults.read(from.getFirst());
        for (Path other : from.subList(1, from.size())) {
            all = all.with(BenchResults.read(other));
        }
        return all;
    }

    private BenchResults measured(Preset size, List<BenchGroup> groups) {
        Installation installation = Installation.here();
        Path work = out.resolve("work");
        List<Implementation> libraries = new ArrayList<>(installation.javaLibraries());
        Map<String, String> versions =
                new TreeMap<>(BenchReport.ownVersions(NativeLibrary.info().version().toString()));
        libraries.stream().filter(library -> !library.isOurs())
                .forEach(library -> versions.put(library.title(), installation.version(library)));
        List<String> leftOut = new ArrayList<>();
        if (libraries.size() == 1) {
            String how = "`./frugal bench --peers` fetches and builds them, some 300 MB";
            if (peers) {
                throw new IllegalStateException("DJL and JavaCPP were not built: " + how);
            }
            leftOut.add("DJL and JavaCPP are left out, since they were not built: " + how);
        }
        Optional<PythonProcesses> programs = python(installation, work, libraries, versions, leftOut);
        leftOut.forEach(this::tell);
        BenchResults empty = BenchResults.empty(command(), versions);
        for (String sentence : leftOut) {
            empty = empty.withFailure(sentence);
        }
        List<Job> jobs = new Plan(size, groups, libraries, device).jobs();
        JavaProcesses java = new JavaProcesses(installation, work, out.resolve("jmh.log"));
        try {
            return new BenchRun(java, programs, out.resolve("results.json"), this::tell)
                    .run(jobs, rounds == null ? size.rounds() : rounds, empty);
        } finally {
            if (Files.exists(work)) {
                StepFixtures.delete(work);
            }
        }
    }

    private Optional<PythonProcesses> python(
            Installation installation, Path work, List<Implementation> libraries, Map<String, String> versions,
            List<String> leftOut) {
        if (python == null) {
            leftOut.add("PyTorch and transformers are left out: name a Python that has them with --python");
            return Optional.empty();
        }
        PythonProcesses programs = new PythonProcesses(python,
                installation.python().orElseThrow(() -> new IllegalStateException(
                        "The Python programs are missing: they belong into a folder python beside "
                        + installation.folder())),
                work, out.resolve("python.log"));
        for (Implementation library : List.of(Implementation.PYTORCH, Implementation.TRANSFORMERS)) {
            String version = programs.version(library);
            if (version.isEmpty()) {
                leftOut.add(library.title() + " is left out, since " + python + " does not have it (see "
                        + out.resolve("python.log") + ")");
            } else {
                libraries.add(library);
                versions.put(library.title(), version);
            }
        }
        return Optional.of(programs);
    }

    private String command() {
        return "./frugal " + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    }

    private void tell(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }
}
