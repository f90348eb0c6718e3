package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.glue.GlueData;
import org.frugaltorch.finetune.glue.GlueFiles;
import org.frugaltorch.finetune.glue.GlueRun;
import org.frugaltorch.finetune.glue.GlueTask;
import org.frugaltorch.finetune.measure.MeasuredJson;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.MeftRecipe;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.Method.TokenChoice;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.method.TrainedClassifier;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.finetune.train.TrainingResult;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.DataException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal glue}: a task of the GLUE benchmark, with the flags of the script that everybody uses for it. */
@Command(name = "glue", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Train, judge and ask a model on a task of the GLUE benchmark.",
        description = {
            "",
            "Reads GLUE's own TSV files, or CSV or JSON lines. Writes under --output_dir: the best model by the task's "
                    + "metric, the log, all_results.json, and answers to the test examples as GLUE's server takes "
                    + "them.",
            ""},
        footerHeading = "%nExample:%n",
        footer = {
            "  frugal glue --task_name rte --data_dir glue_data --model_name_or_path models/bert-base \\",
            "      --do_train --do_eval --do_predict --output_dir runs/rte"})
public final class GlueCommand implements Callable<Integer> {
    @Option(names = "--task_name", required = true, paramLabel = "NAME",
            description = "cola, sst2, mrpc, qqp, stsb, mnli, qnli, rte or wnli.")
    private String taskName;

    @Option(names = "--model_name_or_path", required = true, paramLabel = "DIR",
            description = "Folder of the pretrained model, or of a trained one to judge and ask.")
    private Path model;

    @Option(names = "--tokenizer_name", paramLabel = "DIR",
            description = "Folder of the tokenizer (default: the model's).")
    private Path tokenizerName;

    @Option(names = "--output_dir", required = true, paramLabel = "DIR", description = "Folder for all results.")
    private Path out;

    @Option(names = "--overwrite_output_dir", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "Replace a run that is there already.")
    private boolean overwrite;

    @Option(names = "--resume_from_checkpoint", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "Go on with a run that was interrupted.")
    private boolean resume;

    @Option(names = "--do_train", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "Train.")
    private boolean doTrain;

    @Option(names = "--do_eval", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "Judge the best model, or the given one.")
    private boolean doEval;

    @Option(names = "--do_predict", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "Answer the test examples.")
    private boolean doPredict;

    @Option(names = "--pooling", paramLabel = "NAME",
            description = "How token states become one vector: cls, last, mean or selected-mean (default: as the"
                    + " model's family has it).")
    private String pooling;

    @Mixin
    private TokenTuneOptions tokenTune;

    @Mixin
    private GlueDataOptions data;

    @Mixin
    private GlueTrainingOptions training;

    @Mixin
    private LoraOptions lora;

    @Mixin
    private PolicyOptions policy;

    @Mixin
    private GlueReversibleOptions reversible;

    @Mixin
    private JsonOption json;

    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public GlueCommand() {}

    @Spec
    void setSpec(CommandSpec spec) {
        this.spec = spec;
        RefusedFlags.addTo(spec);
    }

    @Override
    public Integer call() {
        GlueTask task = GlueTask.named(taskName);
        Method method = method();
        if (!doTrain && !doEval && !doPredict) {
            throw new IllegalArgumentException("Nothing to do: give --do_train, --do_eval or --do_predict");
        }
        Metric metric = training.metric(task);
        RunFolder folder = new RunFolder(out, true, existing());
        ModelDirectory directory = pretrained();
        if (doTrain) {
            folder.check(model, tokenizerName);
        }
        Optional<AdaptedModel.Recipe> recipe = doTrain
                ? Optional.of(lora.forClassifier(directory, training.dtype()))
                : Optional.empty();
        Map<String, Object> results = new LinkedHashMap<>();
        training.applyToEngine();
        try (Tokenizer tokenizer = Tokenizer.open(tokenizerName == null ? directory.path() : tokenizerName)) {
            GlueRun run = run(task, directory, tokenizer);
            Path judged = model;
            if (doTrain) {
                TrainerSettings settings = training.trainer(batches(run));
                results.putAll(trained(run.train(
                        directory, method, recipe.orElseThrow(), settings, metric, folder)));
                judged = folder.model();
            }
            if (doEval) {
                run.evaluate(judged).forEach((name, value) -> results.put("eval_" + name, value));
            }
            if (doPredict) {
                run.predict(judged, out).forEach(file -> spec.commandLine().getOut().println("Wrote " + file));
            }
        }
        results.forEach((name, value) -> spec.commandLine().getOut().println(name + " = " + shown(value)));
        AtomicFiles.writeString(out.resolve("all_results.json"), MeasuredJson.indented(results));
        json.write(results);
        return 0;
    }

    private GlueRun run(GlueTask task, ModelDirectory directory, Tokenizer tokenizer) {
        int positions = directory.config().maxPositionEmbeddings();
        MaxLength maxLength = data.maxLength(positions);
        GlueData examples = GlueData.read(task, needed(task, data.files(task)), tokenizer, maxLength, data.limits());
        ClassifierSettings settings = new ClassifierSettings(task.outputs(),
                pooling == null ? directory.pooling() : Pooling.named(pooling), training.dtype(), training.device(),
                OptionalDouble.empty());
        return new GlueRun(task, examples, settings,
                training.batching(tokenizer.padId(), data.fixedWidth(positions)), training.evaluationBatchSize());
    }

    /** Only what will be used is read, and what will be used must be there. */
    private GlueFiles needed(GlueTask task, GlueFiles files) {
        require(doTrain, files.training().isPresent(), task, "train on (train.tsv or --train_file)");
        require(doTrain || doEval, files.validation().isPresent(), task, "judge by (dev.tsv or --validation_file)");
        require(doPredict, files.test().isPresent(), task, "answer (test.tsv or --test_file)");
        return new GlueFiles(files.training().filter(file -> doTrain),
                files.validation().filter(file -> doTrain || doEval),
                files.mismatched().filter(file -> doEval), files.test().filter(file -> doPredict),
                files.mismatchedTest().filter(file -> doPredict));
    }

    private static void require(boolean wanted, boolean there, GlueTask task, String what) {
        if (wanted && !there) {
            throw new DataException("there are no examples of " + task.title() + " to " + what);
        }
    }

    private static int batches(GlueRun run) {
        return new Batcher(run.data().training().orElseThrow().inputs(), run.training()).batches();
    }

    private Method method() {
        Optional<TokenChoice> tokens = tokenTune.choice();
        Training training = lora.training();
        Optional<MeftRecipe> recipe = reversible.recipe();
        if (recipe.isPresent() && training.isLowRank()) {
            throw new IllegalArgumentException("--lora trains an adapter of an ordinary model, and"
                    + " --adapter_bottleneck_dim makes it reversible: give one of them");
        }
        return recipe.map(made -> Method.meft(made, tokens)).orElseGet(() -> Method.of(training, tokens))
                .under(policy.policy());
    }

    /** The given model; or that which given adapters belong to, if they are only to be judged or asked. */
    private ModelDirectory pretrained() {
        if (!TrainedClassifier.isAdapters(model)) {
            return ModelDirectory.open(model);
        }
        if (doTrain) {
            throw new IllegalArgumentException(model + " holds adapters of a trained model, which cannot be trained on:"
                    + " name a whole model");
        }
        return TrainedClassifier.open(model, null).base();
    }

    private RunFolder.Existing existing() {
        if (resume && overwrite) {
            throw new IllegalArgumentException(
                    "--resume_from_checkpoint goes on with a run and --overwrite_output_dir replaces it: give one");
        }
        return resume
                ? RunFolder.Existing.RESUME
                : overwrite ? RunFolder.Existing.REPLACE : RunFolder.Existing.REFUSE;
    }

    private static Map<String, Object> trained(TrainingResult result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("train_runtime", result.seconds());
        values.put("train_steps", result.steps());
        values.put("train_tokens_per_second", result.tokensPerSecond());
        values.put("best_step", result.bestStep());
        values.put("peak_bytes", result.memory().peakBytes());
        values.put("saved_activation_bytes", result.memory().savedActivationBytes());
        result.bestMetrics().forEach((name, value) -> values.put("best_" + name, value));
        return values;
    }

    private static String shown(Object value) {
        return value instanceof Double number ? Units.decimal(number, 4) : value.toString();
    }
}
