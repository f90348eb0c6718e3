package org.frugaltorch.finetune.cli.doctor;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.frugaltorch.bindings.LibtorchInstaller;
import org.frugaltorch.finetune.cli.JsonOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal doctor}: says what was found of everything that a run needs. */
@Command(name = "doctor", mixinStandardHelpOptions = true,
        description = "Shows what a run needs and what was found of it; exit code 1 when something is not usable.")
public final class DoctorCommand implements Callable<Integer> {

    /** What is looked at, in the order to print. */
    private static final List<Check> CHECKS =
            List.of(new JavaCheck(), new MachineCheck(Path.of("/")), new LibtorchCheck(), new LedgerCheck(),
                    new CacheCheck());

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    @Option(names = "--install",
            description = "First unpack the default libtorch, whose archives a build leaves in the local Maven repository.")
    private boolean install;

    @Option(names = "--meft", paramLabel = "DIR",
            description = "Also make this pretrained model reversible by MEFT 1, 2 and 3, and show how well the input of each"
                    + " layer is got back: the relative error without a remedy, with anchors, and exact, the default.")
    private Path meft;

    /** The command without options yet; picocli sets them. */
    public DoctorCommand() {}

    @Override
    public Integer call() {
        if (install) {
            spec.commandLine().getOut().println("The default libtorch is in " + LibtorchInstaller.installDefault());
        }
        Diagnosis diagnosis = Diagnosis.of(CHECKS);
        diagnosis.print(spec.commandLine().getOut());
        Map<String, Object> found = new LinkedHashMap<>(diagnosis.findings());
        if (meft != null) {
            ReconstructionReport report = ReconstructionReport.of(meft);
            spec.commandLine().getOut().println("Relative error of layer inputs that MEFT gets back, in " + meft);
            spec.commandLine().getOut().println(report.table());
            found.put("meft", report.errors());
        }
        json.write(found);
        return diagnosis.isUsable() ? 0 : 1;
    }
}
