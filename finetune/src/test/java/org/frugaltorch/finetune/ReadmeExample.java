package org.frugaltorch.finetune;

import java.nio.file.Path;
import java.util.OptionalDouble;
import org.frugaltorch.finetune.classification.ClassificationData;
import org.frugaltorch.finetune.classification.ClassifierRun;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.report.RunSummary;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.LearningRateSchedule.Course;
import org.frugaltorch.tensor.DType;

/** The README's example, here so that it is compiled and run: model directory, training table, held-out table, out. */
public class ReadmeExample {
    public static void main(String[] args) {
        ModelDirectory model = ModelDirectory.open(Path.of(args[0]));
        try (Tokenizer tokenizer = Tokenizer.open(model.path())) {
            ClassificationData data = ClassificationData.read(
                    new ClassificationData.Files(Path.of(args[1]), Path.of(args[2]), "text", null, "label"),
                    tokenizer, new MaxLength(32, true));
            TrainerSettings settings = new TrainerSettings(
                    3, 0, 1, 5e-5, 0.01, Course.LINEAR, 0.06, 1, AdamW.Settings.DEFAULT, 42, 0, 0);
            ClassifierRun.Options options = new ClassifierRun.Options(
                    32, tokenizer.padId(), Pooling.MEAN, DType.FLOAT32, OptionalDouble.of(0), Metric.ACCURACY);
            ClassifierRun run = new ClassifierRun(model, data, settings, options);
            RunFolder folder = new RunFolder(Path.of(args[3]), true, RunFolder.Existing.REFUSE);

            Method tokenTune = Method.tokenTune(new TokenShare.Ratio(0.25), TokenImportance.RANDOM);
            RunSummary summary = run.train(tokenTune, folder);
            System.out.printf("accuracy %.3f, %,d bytes of saved activations, model in %s%n",
                    summary.accuracy(), summary.savedActivationBytes(), folder.model());
        }
    }
}
