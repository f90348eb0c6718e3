package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.conversion.MatrixError;
import org.frugaltorch.finetune.conversion.ModelQuantiser;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.conversion.QuantisationReport;
import org.frugaltorch.finetune.report.ConsoleTable;
import org.frugaltorch.finetune.report.ConsoleTable.Align;
import org.frugaltorch.finetune.report.ConsoleTable.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal quantize}: a model's matrices in four bits a number. */
@Command(name = "quantize", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Store a model in four bits a number, a quarter of its size in half precision.",
        description = {
            "",
            "Linear layers become NF4 or FP4 in bitsandbytes' format, which Transformers reads, too; embeddings, "
                    + "norms, biases and output heads stay as they are. One matrix is in memory at a time.",
            ""},
        footerHeading = "%nExample:%n",
        footer = "  frugal quantize --model models/llama --out models/llama-nf4")
public final class QuantizeCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Model: config.json and safetensors.")
    private Path model;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "DIR",
            description = "Directory to write; tokenizer and other small files are copied.")
    private Path out;

    @Option(names = "--quant-type", defaultValue = "nf4", paramLabel = "NAME",
            description = "nf4, for normally distributed weights, or fp4 (default: ${DEFAULT-VALUE}).")
    private String quantType;

    @Option(names = "--no-double-quant",
            description = "Leave the scale of each 64 numbers in float32: half a bit a number more.")
    private boolean noDoubleQuant;

    @Option(names = "--compute-dtype", defaultValue = "bfloat16", paramLabel = "NAME",
            description = "What products will be computed in: float32, float16 or bfloat16"
                    + " (default: ${DEFAULT-VALUE}).")
    private String computeType;

    @Option(names = "--skip-modules", split = ",", paramLabel = "NAMES",
            description = "Linear layers to leave as they are, by the end or the beginning of their names; "
                    + "lm_head and other output heads always are.")
    private List<String> skipModules = List.of();

    @Mixin
    private ModelOutputOptions output;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public QuantizeCommand() {}

    @Override
    public Integer call() {
        Quantisation quantisation = new Quantisation(FourBitFormat.named(quantType.toLowerCase(Locale.ROOT)),
                !noDoubleQuant, ModelInput.dtype("--compute-dtype", computeType));
        ModelDirectory directory = ModelInput.open(model);
        output.check(out, model);
        long start = System.nanoTime();
        QuantisationReport report =
                new ModelQuantiser(quantisation, skipModules, output.maxShardBytes()).quantise(directory, out);
        double seconds = (System.nanoTime() - start) / 1e9;
        print(report);
        json.write(values(report, seconds));
        return 0;
    }

    private void print(QuantisationReport report) {
        ConsoleTable table = new ConsoleTable(List.of(
                new Column("Matrices", Align.LEFT), new Column("Count", Align.RIGHT),
                new Column("Rel. error", Align.RIGHT), new Column("Largest error", Align.RIGHT),
                new Column("Worst", Align.LEFT)));
        report.byKind().forEach((kind, matrices) -> {
            MatrixError worst =
                    matrices.stream().max(Comparator.comparingDouble(MatrixError::relativeError)).orElseThrow();
            double largest = matrices.stream().mapToDouble(MatrixError::largestError).max().orElseThrow();
            table.row(List.of(kind, Integer.toString(matrices.size()),
                    percent(QuantisationReport.relativeError(matrices)), Units.decimal(largest, 4),
                    percent(worst.relativeError()) + " in " + worst.layer()));
        });
        PrintWriter writer = spec.commandLine().getOut();
        writer.println(table);
        writer.println("Relative error: norm of the differences over norm of the matrices; of all together "
                + percent(QuantisationReport.relativeError(report.matrices())) + ".");
        writer.println("Wrote " + out + ": " + report.matrices().size() + " matrices in " + report.config()
                + "; weights " + Units.decimal(report.bytesBefore(), 0) + " bytes before, "
                + Units.decimal(report.bytesAfter(), 0) + " after ("
                + Units.percent(report.bytesAfter(), report.bytesBefore()) + ") in " + report.files()
                + (report.files() == 1 ? " file." : " files."));
        writer.flush();
    }

    private static String percent(double share) {
        return Units.decimal(100 * share, 2) + " %";
    }

    private static Map<String, Object> values(QuantisationReport report, double seconds) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("bytesBefore", report.bytesBefore());
        values.put("bytesAfter", report.bytesAfter());
        values.put("files", report.files());
        values.put("seconds", seconds);
        values.put("relativeError", QuantisationReport.relativeError(report.matrices()));
        values.put("matrices", report.matrices().stream().map(QuantizeCommand::values).toList());
        return values;
    }

    private static Map<String, Object> values(MatrixError matrix) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("layer", matrix.layer());
        values.put("rows", matrix.rows());
        values.put("columns", matrix.columns());
        values.put("relativeError", matrix.relativeError());
        values.put("largestError", matrix.largestError());
        return values;
    }
}
