package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.instruction.InstructionData;
import org.frugaltorch.finetune.instruction.LanguageModelRun;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.report.Comparison;
import org.frugaltorch.finetune.report.Comparison.ReportText;
import org.frugaltorch.finetune.report.Comparison.Trial;
import org.frugaltorch.finetune.report.ResultTable;
import org.frugaltorch.finetune.report.RunSummary;
import org.frugaltorch.finetune.report.SummaryJson;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.TrainerSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code frugal finetune}: teaches a decoder to follow instructions, or to choose answers. */
@Command(name = "finetune", mixinStandardHelpOptions = true, sortOptions = false,
        preprocessor = ReferenceArguments.class,
        header = "Fine-tune a decoder on instructions and answers, or on questions with answers to choose from.",
        description = {
            "",
            "All weights are trained, or an adapter of low rank (--lora), also on weights in four bits (--qlora); "
                    + "through all tokens or some (--tokentune); keeping all activations, fewer (--lean) or hardly any "
                    + "(--recompute). Each choice goes with every other. Or the model is made reversible (--meft): "
                    + "small adapters are trained, and next to no activations kept.",
            "",
            "Takes the options of TokenTune's own script, also with underscores. Writes under --out a folder named "
                    + "after model, data and method: model/ with the best model so far, as Hugging Face lays it out, "
                    + "or the best adapter in PEFT's files, or what made it reversible; log.jsonl; checkpoint/; "
                    + "summary.json; and report.html with plots.",
            ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  # least memory: an adapter on four bits, gradients through 30 %% of the tokens",
            "  frugal finetune --model models/llama --dataset-name-or-path tasks.jsonl \\",
            "      --lora --qlora --tokentune --prefix-length 0.3 --recompute --chunked-loss \\",
            "      --bf16 --learning-rate 4e-4 --global-batch-size 32 --out runs",
            "",
            "  # an adapter on all linear layers; after a kill, the same with --resume",
            "  frugal finetune --model models/llama --dataset-name-or-path tasks.jsonl \\",
            "      --lora --lora-r 16 --lora-target-modules all-linear --save-steps 100 \\",
            "      --out runs",
            "",
            "  # all weights, and whether TokenTune keeps up",
            "  frugal finetune --model models/llama --dataset-name-or-path tasks.jsonl \\",
            "      --tokentune --prefix-length 0.3 --compare --learning-rate 4e-5 --out runs",
            "",
            "  # questions with answers to choose from; the best adapter by accuracy",
            "  frugal finetune --model models/opt --task openbookqa \\",
            "      --dataset-name-or-path train.jsonl --eval-file dev.jsonl --lora --out runs",
            "",
            "  # the same, reversible: activations are computed back instead of kept",
            "  frugal finetune --model models/opt --task openbookqa \\",
            "      --dataset-name-or-path train.jsonl --eval-file dev.jsonl \\",
            "      --meft 1 --learning-rate 5e-4 --out runs",
            "",
            "  # what came out",
            "  frugal generate --model models/llama --adapter runs/llama-tasks-lora/model \\",
            "      --instruction 'Add 2 and 3.'",
            "",
            "  # what it will take, before one pays for it",
            "  frugal memory --config models/llama --methods lora,qlora+tokentune-0.3 \\",
            "      --batch 1 --seq 1024"})
public final class FinetuneCommand implements Callable<Integer> {
    @Mixin
    private FinetuneDataOptions data;

    @Mixin
    private FinetuneMethodOptions method;

    @Mixin
    private LoraOptions lora;

    @Mixin
    private MeftOptions meft;

    @Mixin
    private PolicyOptions policy;

    @Mixin
    private FinetuneTrainingOptions training;

    @Mixin
    private FinetuneOutputOptions output;

    @Mixin
    private RunOptions runs;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public FinetuneCommand() {}

    @Override
    public Integer call() {
        List<Method> methods = method.methods(policy.policy(), lora, meft);
        data.task();
        training.check();
        output.check();
        Map<Method, RunFolder> folders = new LinkedHashMap<>();
        methods.forEach(each -> folders.put(each, runs.folder(output.folder(data.model(), data.dataset(), each))));
        folders.values().forEach(folder -> folder.check(data.model()));
        ModelDirectory directory = data.openModel();
        try (Tokenizer tokenizer = Tokenizer.open(directory.path())) {
            LanguageModelRun.Options options = new LanguageModelRun.Options(
                    training.microBatchSize(), tokenizer.padId(), method.recipe(directory, lora).on(training.device()),
                    method.loss());
            FinetuneTaskOptions.Lesson lesson = data.read(directory, tokenizer, training.seed());
            InstructionData texts = lesson.texts();
            TrainerSettings settings = training.forExamples(texts.training().size(), output.saveSteps());
            tell(texts);
            training.applyToEngine();
            train(new LanguageModelRun(directory, texts, lesson.judge(), settings, options), folders);
        }
        return 0;
    }

    private void tell(InstructionData texts) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(data.described(texts));
        output.notices().forEach(err::println);
        err.flush();
    }

    private void train(LanguageModelRun run, Map<Method, RunFolder> folders) {
        List<Trial> trials = new ArrayList<>();
        folders.forEach((each, folder) -> trials.add(new Trial(folder, () -> run.train(each, folder))));
        Path reported = output.reportFolder(data.model(), data.dataset(), List.copyOf(folders.keySet()));
        List<RunSummary> summaries = Comparison.run(trials, reported, reportText(run.data()));
        PrintWriter out = spec.commandLine().getOut();
        out.println(new ResultTable(summaries));
        folders.forEach((each, folder) -> out.println(each.name() + ": " + folder.model()));
        out.println("Report: " + Comparison.report(reported));
        json.write(SummaryJson.asMap(summaries));
    }

    private ReportText reportText(InstructionData texts) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("model", data.model().toString());
        settings.put("data", data.dataset() + " (" + data.described(texts) + ")");
        return new ReportText("Fine-tuning " + data.model().getFileName(),
                data.task().map(task -> "Choosing answers, " + task).orElse("Following instructions")
                        + "; losses are of answers' tokens, memory as libtorch's allocators counted it.",
                settings);
    }
}
