package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.frugaltorch.finetune.classification.ClassificationData;
import org.frugaltorch.finetune.classification.ClassifierRun;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.report.Comparison;
import org.frugaltorch.finetune.train.TrainerSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that train a classifier of texts or pictures by one's own examples, and the training. */
public final class ClassifierTraining {
    @Option(names = {"-o", "--out"}, required = true, paramLabel = "DIR", description = "Folder for all results.")
    private Path out;

    @Mixin
    private RunOptions runs;

    @Mixin
    private ClassifierMethodOptions method;

    @Mixin
    private LoraOptions lora;

    @Mixin
    private PolicyOptions policy;

    @Mixin
    private MeftOptions meft;

    @Mixin
    private TrainingOptions training;

    @Mixin
    private ClassifierOptions classifier;

    @Mixin
    private JsonOption json;

    /** Options not given yet; picocli sets them. */
    public ClassifierTraining() {}

    /**
     * What is trained on.
     *
     * @param model pretrained
     * @param train where the examples are from
     * @param eval where the held-out ones are from
     * @param task as a report calls it
     * @param examples as a report calls them
     */
    record Subject(Path model, Path train, Path eval, String task, String examples) {
        private Comparison.ReportText text(ClassificationData data) {
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("model", model.toString());
            settings.put("training " + examples, train + " (" + data.training().count() + ")");
            settings.put("held-out " + examples, eval + " (" + data.heldOut().count() + ")");
            settings.put("classes", Integer.toString(data.labels().size()));
            return new Comparison.ReportText("Fine-tuning " + model.getFileName(),
                    task + ", memory as libtorch's allocators counted it.", settings);
        }
    }

    /**
     * The runs that were asked for.
     *
     * @throws org.frugaltorch.io.DataException if there is a run in the way, or what is read in one that is to go
     */
    MethodRuns<Method> runs(Subject subject) {
        MethodRuns<Method> trials = new MethodRuns<>(method.methods(policy.policy(), lora, meft), Method::name, runs, out);
        trials.check(subject.model, subject.train, subject.eval);
        return trials;
    }

    /** How long texts may be. */
    MaxLength maxLength(ModelDirectory directory) {
        return training.maxLength(directory.config().maxPositionEmbeddings());
    }

    /** Trains and reports; data is read when all options have been found to make sense. */
    void train(
            MethodRuns<Method> trials, Subject subject, ModelDirectory directory, int padId,
            Supplier<ClassificationData> reader, PrintWriter console) {
        TrainerSettings settings = training.trainer();
        ClassifierRun.Options options = classifier.model(training, padId, directory);
        AdaptedModel.Recipe recipe = lora.forClassifier(directory, options.dtype());
        ClassificationData data = reader.get();
        training.applyToEngine();
        ClassifierRun run = new ClassifierRun(directory, data, settings, options, recipe);
        trials.train(run::train, subject.text(data), console, json);
    }
}
