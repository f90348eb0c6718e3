package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.classification.ClassificationData;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.ModelDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal classify}: fine-tunes an encoder on labelled text of one's own. */
@Command(name = "classify", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Fine-tune an encoder to classify texts, or pairs of texts.",
        description = {
            "",
            "Reads CSV, TSV or JSON lines with a header, trains all weights, or an adapter and the new head (--lora), "
                    + "and writes under --out: a folder a method with the best model, or adapter in PEFT's files, and "
                    + "the log, summary.json, and report.html with plots. Memory is counted by libtorch's own "
                    + "allocators, to the byte.",
            ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  frugal classify --model models/minilm --train train.tsv --eval eval.tsv \\",
            "      --text-column text --label-column label --tokentune 0.25 --out runs/mine",
            "  frugal classify --model models/bge-small --train train.tsv --eval eval.tsv \\",
            "      --text-column text --label-column label --meft 1 --learning-rate 5e-3 --out runs/reversible",
            "  frugal classify --model models/bert-base --train train.tsv --eval eval.tsv \\",
            "      --text-column text --label-column label --lora --qlora --learning-rate 5e-4 --out runs/adapter",
            "  frugal predict --model runs/mine/tokentune-0.25/model --input new.tsv --text-column text"})
public final class ClassifyCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "DIR",
            description = "Pretrained model: config.json, model.safetensors, tokenizer.json or vocab.txt.")
    private Path model;

    @Option(names = "--train", required = true, paramLabel = "FILE", description = "Examples to train on.")
    private Path train;

    @Option(names = "--eval", required = true, paramLabel = "FILE", description = "Held-out examples to judge by.")
    private Path eval;

    @Option(names = "--text-column", required = true, paramLabel = "NAME", description = "Column of the text.")
    private String textColumn;

    @Option(names = "--text-pair-column", paramLabel = "NAME", description = "Column of the second text of a pair.")
    private String textPairColumn;

    @Option(names = "--label-column", required = true, paramLabel = "NAME", description = "Column of the class.")
    private String labelColumn;

    @Mixin
    private ClassifierTraining training;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public ClassifyCommand() {}

    @Override
    public Integer call() {
        ClassifierTraining.Subject subject =
                new ClassifierTraining.Subject(model, train, eval, "Text classification", "examples");
        MethodRuns<Method> runs = training.runs(subject);
        ModelDirectory directory = ModelDirectory.open(model);
        try (Tokenizer tokenizer = Tokenizer.open(model)) {
            ClassificationData.Files files =
                    new ClassificationData.Files(train, eval, textColumn, textPairColumn, labelColumn);
            training.train(runs, subject, directory, tokenizer.padId(),
                    () -> ClassificationData.read(files, tokenizer, training.maxLength(directory), directory.labels()),
                    spec.commandLine().getOut());
        }
        return 0;
    }
}
