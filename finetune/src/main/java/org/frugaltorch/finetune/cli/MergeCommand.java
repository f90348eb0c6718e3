package org.frugaltorch.finetune.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.lora.AdapterMerge;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.method.MeftDirectory;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.io.DataException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal merge}: a model and a LoRA adapter become a plain model. */
@Command(name = "merge", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Add a LoRA adapter to the weights of its model.",
        description = {
            "",
            "Writes a plain model directory that computes the same. The adapter is a directory in PEFT's layout. One "
                    + "tensor is in memory at a time.",
            "",
            "A model in four bits is restored for it: the result is dense, and is what was trained. (Merging into the "
                    + "model before its quantisation gives another function.)",
            ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  frugal merge --model models/llama --adapter runs/mine/adapter --out models/llama-mine",
            "  frugal merge --base_model_name_or_path models/llama --peft_model_path adapter --output_dir merged"})
public final class MergeCommand implements Callable<Integer> {
    @Option(names = {"--model", "--base_model_name_or_path"}, paramLabel = "DIR",
            description = "Model that the adapter was trained on (default: the one that the adapter names).")
    private Path model;

    @Option(names = {"--adapter", "--peft_model_path"}, required = true, paramLabel = "DIR",
            description = "Adapter: adapter_config.json and adapter_model.safetensors.")
    private Path adapter;

    @Option(names = {"-o", "--out", "--output_dir"}, required = true, paramLabel = "DIR",
            description = "Directory to write; the model's tokenizer and other small files are copied.")
    private Path out;

    @Option(names = "--dtype", paramLabel = "NAME",
            description = "Type of the written weights: float32, float16 or bfloat16 (default: as they are stored; "
                    + "matrices in four bits as they were before).")
    private String dtype;

    @Option(names = "--device", defaultValue = "auto", paramLabel = "NAME",
            description = "Where to compute: auto or cpu, which are the same (default: ${DEFAULT-VALUE}).")
    private String device;

    @Mixin
    private ModelOutputOptions output;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public MergeCommand() {}

    @Override
    public Integer call() {
        if (!device.equals("auto") && !device.equals("cpu")) {
            throw new IllegalArgumentException(
                    "Adapters are merged on the CPU only: --device must be auto or cpu, not '" + device + "'");
        }
        if (MeftDirectory.isOne(adapter)) {
            throw new DataException("The adapters in " + adapter + " make their model reversible, so that it computes"
                    + " what no plain model does: they cannot be merged into one, but run beside it (frugal generate or"
                    + " evaluate --adapter, frugal predict)");
        }
        AdapterMerge merge = new AdapterMerge(
                Optional.ofNullable(dtype).map(name -> ModelInput.dtype("--dtype", name)), output.maxShardBytes());
        Path base = model == null ? namedBase() : model;
        ModelDirectory directory = ModelInput.open(base);
        output.check(out, base, adapter);
        long start = System.nanoTime();
        AdapterMerge.Report report = merge.merge(directory, adapter, out);
        double seconds = (System.nanoTime() - start) / 1e9;
        print(report);
        json.write(values(report, seconds));
        return 0;
    }

    /** Only a path can be followed; what an adapter names otherwise is a model somewhere else. */
    private Path namedBase() {
        Optional<String> named = AdapterMerge.baseModel(adapter);
        return named.filter(name -> name.indexOf('\0') < 0).map(Path::of).filter(Files::isDirectory)
                .orElseThrow(() -> new DataException("Which model is the adapter to be merged into? " + adapter
                        + named.map(name -> " names '" + name + "', which is no directory here").orElse(" names none")
                        + "; give its directory with --model"));
    }

    private void print(AdapterMerge.Report report) {
        StringBuilder line = new StringBuilder("Wrote ").append(out).append(": an adapter of rank ")
                .append(report.settings().rank()).append(" added to ").append(report.matrices()).append(" matrices");
        if (report.ownValues() > 0) {
            line.append(", ").append(report.ownValues()).append(" other weights taken from it");
        }
        if (report.restored() > 0) {
            line.append(", ").append(report.restored()).append(" matrices restored from four bits");
        }
        line.append("; ").append(Units.mib(report.bytes())).append(" MiB of weights in ").append(report.files())
                .append(report.files() == 1 ? " file." : " files.");
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }

    private static Map<String, Object> values(AdapterMerge.Report report, double seconds) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("matrices", report.matrices());
        values.put("ownValues", report.ownValues());
        values.put("restored", report.restored());
        values.put("bytes", report.bytes());
        values.put("files", report.files());
        values.put("seconds", seconds);
        return values;
    }
}
