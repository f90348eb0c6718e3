package org.frugaltorch.jmh.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.cli.JsonOption;
import org.frugaltorch.finetune.cli.Subcommand;
import org.frugaltorch.finetune.measure.Machine;
import org.frugaltorch.io.AtomicDirectory;
import org.frugaltorch.io.DataException;
import org.frugaltorch.jmh.Shapes;
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
            "Measure when nothing else runs.",
            ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./frugal bench --quick                              # a first look, in minutes",
            "  ./frugal bench --peers --python python3 --report    # all of it",
            "  ./frugal bench --only operators,same-step --peers --rounds 5",
            "  ./frugal bench --growth                             # memory and time as a model grows"})
public final class BenchCommand implements Callable<Integer>, Subcommand {
    private static final String CPU = "cpu";
    private static final Duration NO_LIMIT = Duration.ofDays(365);

    @Option(names = "--quick", description = "A first look: the same as --preset quick.")
    private boolean quick;

    @Option(names = "--preset", paramLabel = "NAME",
            description = "How large a run is: tiny, quick, full or gpu (default: full).")
    private String preset;

    @Option(names = "--only", split = ",", paramLabel = "NAMES",
            description = "Some benchmarks: calls, operators, scopes, same-step, encoder-step, decoder-step,"
                    + " safetensors, four-bit, matmul, text, ledger, generation.")
    private List<String> only;

    @Option(names = "--peers", negatable = true,
            description = "Fetch and build DJL and JavaCPP first (some 300 MB); once built, they always run, unless"
                    + " --no-peers is given.")
    private Boolean peers;

    @Option(names = "--python", paramLabel = "PROGRAM",
            description = "Also run PyTorch and transformers in this Python.")
    private String python;

    @Option(names = "--device", defaultValue = CPU, paramLabel = "NAME",
            description = "Where models are: cpu or cuda (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--steps", split = ",", paramLabel = "NAMES",
            description = "Training steps of same-step: shape, sequences and tokens, such as bert-base-8x128 (default:"
                    + " the preset's).")
    private List<String> steps;

    @Option(names = "--rounds", paramLabel = "N", description = "Processes of each benchmark (default: the preset's).")
    private Integer rounds;

    @Option(names = "--threads", paramLabel = "N",
            description = "Threads of every library; calls and operators have one (default: the machine's).")
    private Integer threads;

    @Option(names = "--minutes", paramLabel = "N",
            description = "Begin nothing more after so many (default: no limit).")
    private Integer minutes;

    @Option(names = "--growth", description = "Instead: memory and time by sequence, batch, layers and ratio.")
    private boolean growth;

    @Option(names = "--report", description = "Also write report.html with plots, and tables.md for a README.")
    private boolean report;

    @Option(names = "--from", split = ",", paramLabel = "FILES",
            description = "Measure nothing; take results from these files, all of one machine.")
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
        List<String> fixtures = fixtures(size, groups);
        atLeastOne("--rounds", rounds);
        atLeastOne("--threads", threads);
        atLeastOne("--minutes", minutes);
        Device.parse(device);
        if (growth) {
            if (!device.equals(CPU)) {
                throw new ParameterException(
                        spec.commandLine(), "--growth measures on the processor: leave out --device");
            }
            return grow(size);
        }
        BenchResults results = from == null ? measured(size, groups, fixtures) : read();
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

    private void atLeastOne(String option, Integer value) {
        if (value != null && value < 1) {
            throw new ParameterException(spec.commandLine(), option + " must be at least 1, not " + value);
        }
    }

    private Preset size() {
        if (quick && preset != null) {
            throw new ParameterException(spec.commandLine(), "--quick is a preset already: leave out --preset");
        }
        return quick ? Preset.QUICK : preset == null ? Preset.FULL : Preset.named(preset);
    }

    private int grow(Preset size) {
        Growth plan = Growth.of(size);
        GrowthReport grown = new GrowthReport(command(), plan.shape(),
                plan.run(this::tell, points -> new GrowthReport(command(), plan.shape(), points).write(out)));
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

    /** Which steps all libraries take. A name that is none is refused before anything is measured. */
    private List<String> fixtures(Preset size, List<BenchGroup> groups) {
        if (steps == null) {
            return size.fixtures();
        }
        if (!groups.contains(BenchGroup.SAME_STEP)) {
            throw new ParameterException(
                    spec.commandLine(), "--steps names training steps of same-step, which --only leaves out");
        }
        steps.forEach(step -> Shapes.named(StepFixtures.Size.named(step).shape()));
        return steps;
    }

    private BenchResults measured(Preset size, List<BenchGroup> groups, List<String> fixtures) {
        Installation installation = Installation.here();
        Path work = workFolder();
        ChildEnvironment environment = ChildEnvironment.of(
                threads == null ? Runtime.getRuntime().availableProcessors() : threads, System.getenv());
        Participants participants =
                Participants.find(installation, peers, python, environment, work, out.resolve("python.log"));
        BenchResults empty = BenchResults.empty(command(), participants.versions());
        for (String sentence : participants.leftOut()) {
            tell(sentence);
            empty = empty.withFailure(sentence);
        }
        List<Job> jobs =
                new Plan(size, groups, participants.libraries(), device, Machine.here(), fixtures).jobs();
        JavaProcesses java = new JavaProcesses(installation, environment, work, out.resolve("jmh.log"));
        try {
            return new BenchRun(java, participants.programs(), out.resolve("results.json"), limit(), this::tell)
                    .run(jobs, rounds == null ? size.rounds() : rounds, empty);
        } finally {
            AtomicDirectory.delete(work);
        }
    }

    /** A new one, as it is removed at the end. */
    private Path workFolder() {
        try {
            return Files.createTempDirectory(Files.createDirectories(out), ".work-");
        } catch (IOException failure) {
            throw DataException.unwritable(out, failure);
        }
    }

    private Duration limit() {
        return minutes == null ? NO_LIMIT : Duration.ofMinutes(minutes);
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
