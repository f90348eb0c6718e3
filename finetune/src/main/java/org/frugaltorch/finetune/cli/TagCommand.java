package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.TokenClassifierDirectory;
import org.frugaltorch.finetune.report.Comparison;
import org.frugaltorch.finetune.tagging.AlwaysSelect;
import org.frugaltorch.finetune.tagging.ConllColumns;
import org.frugaltorch.finetune.tagging.TaggerRun;
import org.frugaltorch.finetune.tagging.TaggingData;
import org.frugaltorch.finetune.tagging.TaggingMethod;
import org.frugaltorch.finetune.train.TrainerSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal tag}: fine-tunes an encoder to label the words of sentences. */
@Command(name = "tag", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Fine-tune an encoder to label words: entities, parts of speech.",
        description = {
            "",
            "Reads files in the columns of the CoNLL shared tasks: a word a line, columns between blanks or tabs, a "
                    + "blank line between sentences. Labels that mark entities (IOB1, IOB2, BIOES) are judged entity "
                    + "by entity, as conlleval and seqeval do; others by accuracy and macro F1.",
            "",
            "Trains all weights, or an adapter and the new head (--lora, --meft), and writes under --out: a folder a "
                    + "method with the best model and the log, summary.json, and report.html. A whole model is one that "
                    + "Transformers loads as a token classifier, an adapter of --lora one that PEFT does.",
            ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  frugal tag --model models/bert-base --train eng.train --eval eng.testa --test eng.testb \\",
            "      --tokentune 0.3 --always-select entities --out runs/ner",
            "  frugal tag --model models/bert-base --train eng.train --eval eng.testa --lora --learning-rate 1e-3 \\",
            "      --out runs/adapter",
            "  frugal tag --model models/minilm --train en-ud-train.conllu --eval en-ud-dev.conllu --out runs/pos",
            "  frugal predict --model runs/ner/full/model --input new.conll --out labelled.conll"})
public final class TagCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "DIR",
            description = "Pretrained model, or a tagger to go on with: config.json, model.safetensors, tokenizer.json"
                    + " or vocab.txt.")
    private Path model;

    @Option(names = "--train", required = true, paramLabel = "FILE", description = "Sentences to train on.")
    private Path train;

    @Option(names = "--eval", required = true, paramLabel = "FILE",
            description = "Held-out sentences to choose the best model by.")
    private Path eval;

    @Option(names = "--test", paramLabel = "FILE",
            description = "Further sentences to judge the best model by in the end.")
    private Path test;

    @Option(names = "--token-column", paramLabel = "N",
            description = "Column of the words, counted from 1 (default: 1; 2, FORM, in .conllu files).")
    private String tokenColumn;

    @Option(names = "--label-column", paramLabel = "N",
            description = "Column of the labels, or last (default: last; 4, UPOS, in .conllu files).")
    private String labelColumn;

    @Mixin
    private ClassifierMethodOptions method;

    @Mixin
    private LoraOptions lora;

    @Mixin
    private MeftOptions meft;

    @Option(names = "--always-select", defaultValue = "none", paramLabel = "NAME",
            description = "With --tokentune: tokens that are selected whatever chance says, within the share or beyond"
                    + " it: labelled (first pieces of words), entities (words whose label is not O) or none"
                    + " (default: ${DEFAULT-VALUE}).")
    private String alwaysSelect;

    @Option(names = "--metric-for-best-model", paramLabel = "NAME",
            description = "f1, precision or recall of entities, or accuracy; for other labels accuracy or macro_f1"
                    + " (default: f1, or accuracy).")
    private String metric;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "DIR", description = "Folder for all results.")
    private Path out;

    @Mixin
    private RunOptions runs;

    @Mixin
    private PolicyOptions policy;

    @Mixin
    private TrainingOptions training;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public TagCommand() {}

    @Override
    public Integer call() {
        MethodRuns<TaggingMethod> trials = new MethodRuns<>(methods(), TaggingMethod::name, runs, out);
        TrainerSettings settings = training.trainer();
        ConllColumns columns = ConllColumns.parse(tokenColumn, labelColumn);
        trials.check(model, train, eval, test);
        TokenClassifierDirectory directory = TokenClassifierDirectory.open(model);
        try (Tokenizer tokenizer = Tokenizer.open(model)) {
            int positions = directory.directory().config().maxPositionEmbeddings();
            TaggingData data = TaggingData.read(new TaggingData.Files(train, eval, test, columns), tokenizer,
                    training.maxLength(positions), directory.labels());
            TaggerRun.Options options = new TaggerRun.Options(
                    training.batching(tokenizer.padId()), training.dtype(directory.directory()), training.device(),
                    training.dropout(), data.scheme().metric(metric));
            TaggerRun run = new TaggerRun(
                    directory, data, settings, options, lora.forClassifier(directory, options.dtype()));
            training.applyToEngine();
            announce(data, directory);
            trials.train(run::train, reportText(data), spec.commandLine().getOut(), json);
        }
        return 0;
    }

    private List<TaggingMethod> methods() {
        AlwaysSelect always = AlwaysSelect.named(alwaysSelect);
        List<Method> methods = method.methods(policy.policy(), lora, meft);
        if (always != AlwaysSelect.NONE && methods.stream().allMatch(each -> each.tokens().isEmpty())) {
            throw new IllegalArgumentException(
                    "--always-select says which tokens TokenTune selects, but --tokentune is not given");
        }
        return methods.stream()
                .map(each -> new TaggingMethod(each, each.tokens().isEmpty() ? AlwaysSelect.NONE : always))
                .toList();
    }

    private void announce(TaggingData data, TokenClassifierDirectory directory) {
        PrintWriter console = spec.commandLine().getOut();
        console.println(data.training().encodings().size() + " sentences to train on, " + data.labels().size()
                + " labels (" + data.scheme() + ")");
        if (data.training().lostWords() > 0) {
            console.println("Of " + train + ", " + lost(data) + " were cut off, as --max-length or the model asks for");
        }
        if (directory.isTrained() && !directory.labels().equals(data.labels().names())) {
            console.println("The model labels words already, but not with all of these labels: its head is made anew");
        }
        console.flush();
    }

    private static String lost(TaggingData data) {
        return Units.count(data.training().lostWords(), "word") + " in "
                + Units.count(data.training().cutSentences(), "sentence");
    }

    private Comparison.ReportText reportText(TaggingData data) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("model", model.toString());
        settings.put("training sentences", train + " (" + data.training().encodings().size() + ")");
        settings.put("cut off", lost(data));
        settings.put("held-out sentences", eval + " (" + data.heldOut().file().sentences().size() + ")");
        data.test().ifPresent(sentences ->
                settings.put("test sentences", test + " (" + sentences.file().sentences().size() + ")"));
        settings.put("labels", data.labels().size() + ", " + data.scheme());
        return new Comparison.ReportText("Fine-tuning " + model.getFileName(),
                "Labels of words, memory as libtorch's allocators counted it.", settings);
    }
}
