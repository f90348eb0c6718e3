package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.classification.ClassificationData;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.image.ImageExamples;
import org.frugaltorch.finetune.image.ImageFolder;
import org.frugaltorch.finetune.image.ImageProcessor;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.ImageLayout;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.io.DataException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal image-classify}: fine-tunes a vision model on pictures of one's own. */
@Command(name = "image-classify", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Fine-tune a vision transformer to classify pictures.",
        description = {
            "",
            "Reads folders that hold a folder of pictures a class (PNG, JPEG, GIF, BMP, TIFF), trains, and writes "
                    + "under --out the best model, the log, summary.json and report.html. With --tokentune, gradients "
                    + "flow through the class token and some patches only.",
            ""},
        footerHeading = "%nExample:%n",
        footer = {
            "  frugal image-classify --model models/vit-base --train flowers/train --eval flowers/val \\",
            "      --tokentune 0.25 --out runs/flowers"})
public final class ImageClassifyCommand implements Callable<Integer> {
    private static final int NO_PADDING = 0; // all pictures are as many tokens

    @Option(names = "--model", required = true, paramLabel = "DIR",
            description = "Pretrained model: config.json, model.safetensors, preprocessor_config.json.")
    private Path model;

    @Option(names = "--train", required = true, paramLabel = "DIR", description = "Pictures to train on.")
    private Path train;

    @Option(names = "--eval", required = true, paramLabel = "DIR", description = "Held-out pictures to judge by.")
    private Path eval;

    @Mixin
    private ClassifierTraining training;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public ImageClassifyCommand() {}

    @Override
    public Integer call() {
        ClassifierTraining.Subject subject =
                new ClassifierTraining.Subject(model, train, eval, "Image classification", "pictures");
        MethodRuns<Method> runs = training.runs(subject);
        ModelDirectory directory = ModelDirectory.open(model);
        training.train(runs, subject, directory, NO_PADDING, () -> data(directory), spec.commandLine().getOut());
        return 0;
    }

    private ClassificationData data(ModelDirectory directory) {
        ImageLayout layout = directory.config().input().image();
        if (layout == null) {
            throw new DataException(model + " is of the family " + directory.family().modelType()
                    + ", which reads text; name a vision model such as vit");
        }
        ImageProcessor processor = ImageProcessor.of(model, layout);
        LabelSet classes = ImageFolder.read(train, null).classes().inOrderOf(directory.labels());
        ImageFolder learnt = ImageFolder.read(train, classes);
        ImageFolder heldOut = ImageFolder.read(eval, learnt.classes());
        return new ClassificationData(
                ImageExamples.of(processor, learnt), ImageExamples.of(processor, heldOut), learnt.classes());
    }
}
