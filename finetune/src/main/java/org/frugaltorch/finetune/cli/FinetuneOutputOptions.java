package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.ActivationPolicy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options of {@code frugal finetune} about what is written, where and when. */
@Command(optionListHeading = "%nOutput:%n")
public final class FinetuneOutputOptions {
    @Option(names = {"-o", "--out", "--model-save-path"}, required = true, paramLabel = "DIR",
            description = "Folder that receives a folder named after model, data and method.")
    private Path out;

    @Option(names = "--save-steps", defaultValue = "0", paramLabel = "N",
            description = "Steps between evaluations, each with a checkpoint; 0: one an epoch"
                    + " (default: ${DEFAULT-VALUE}).")
    private long saveSteps;

    @Option(names = "--save-total-limit", defaultValue = "1", paramLabel = "N",
            description = "Most checkpoints to keep. One is all that going on takes, and all that is ever kept, beside"
                    + " the best model (default: ${DEFAULT-VALUE}).")
    private int saveTotalLimit;

    @Option(names = "--logging-steps", defaultValue = "1", paramLabel = "N",
            description = "Taken for scripts' sake: every step is logged, as by the reference"
                    + " (default: ${DEFAULT-VALUE}).")
    private int loggingSteps;

    @Option(names = "--num-workers", defaultValue = "0", paramLabel = "N",
            description = "Taken for scripts' sake: all data is tokenised, on all cores, before training"
                    + " (default: ${DEFAULT-VALUE}).")
    private int workers;

    /** Options not given yet; picocli sets them. */
    public FinetuneOutputOptions() {}

    /** @throws IllegalArgumentException with all problems together */
    void check() {
        List<String> problems = new ArrayList<>();
        if (saveSteps < 0) {
            problems.add("--save-steps must not be negative, but is " + saveSteps);
        }
        if (saveTotalLimit < 1) {
            problems.add("--save-total-limit must be at least 1, not " + saveTotalLimit
                    + "; for no checkpoints at all, give --no-checkpoint");
        }
        if (loggingSteps < 1) {
            problems.add("--logging-steps must be at least 1, not " + loggingSteps);
        }
        if (workers < 0) {
            problems.add("--num-workers must not be negative, but is " + workers);
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    long saveSteps() {
        return saveSteps;
    }

    /** What was asked for that makes no difference, in words. */
    List<String> notices() {
        List<String> notices = new ArrayList<>();
        if (loggingSteps > 1) {
            notices.add("--logging-steps " + loggingSteps + ": every step is logged all the same, to log.jsonl");
        }
        if (workers > 0) {
            notices.add("--num-workers " + workers + ": none are started, as all data is tokenised before training");
        }
        return notices;
    }

    /** The folder of a run: under the name that the method's reference gives it. */
    Path folder(Path model, Path dataset, Method method) {
        StringBuilder name = new StringBuilder(baseName(model, dataset));
        name.append(switch (method.training()) {
            case FULL -> "";
            case LORA -> "-lora";
            case QLORA -> "-lora-qlora";
            case MEFT -> "-" + method.reversible().orElseThrow().toString().replace('+', '-');
        });
        method.tokens().ifPresent(choice -> name.append('-').append(choice));
        if (method.policy() != ActivationPolicy.KEEP) {
            name.append('-').append(method.policy());
        }
        return out.resolve(name.toString());
    }

    /** The folder of summary and report: the run's own, or one for all. */
    Path reportFolder(Path model, Path dataset, List<Method> methods) {
        return methods.size() == 1
                ? folder(model, dataset, methods.getFirst())
                : out.resolve(baseName(model, dataset) + "-comparison");
    }

    private static String baseName(Path model, Path dataset) {
        return lastPart(model) + "-" + lastPart(dataset).replaceFirst("\\.(json|jsonl|ndjson)$", "");
    }

    private static String lastPart(Path path) {
        Path last = path.toAbsolutePath().normalize().getFileName();
        return last == null ? "root" : last.toString();
    }
}
