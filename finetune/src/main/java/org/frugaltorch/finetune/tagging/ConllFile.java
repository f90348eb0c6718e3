package org.frugaltorch.finetune.tagging;

import java.nio.file.Path;
import java.util.List;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.io.DataException;

/**
 * A file in the columns of the CoNLL shared tasks: a word a line with its labels in columns, which stand between
 * blanks or tabs; a blank line ends a sentence, as does a line {@code -DOCSTART-}; lines that begin with {@code #}
 * are comments. Everything in the file is kept, so that it can be written with one column more.
 */
public final class ConllFile {
    private final Path path;
    private final List<ConllLine> lines;
    private final List<TaggedSentence> sentences;
    private final String separator;

    ConllFile(Path path, List<ConllLine> lines, List<TaggedSentence> sentences, String separator) {
        this.path = path;
        this.lines = List.copyOf(lines);
        this.sentences = List.copyOf(sentences);
        this.separator = separator;
    }

    /**
     * Reads words and labels.
     *
     * @throws DataException if the file is missing, empty or ragged, or lacks a column
     */
    public static ConllFile read(Path file, ConllColumns columns) {
        return ConllReader.read(file, columns, true);
    }

    /**
     * Reads words alone.
     *
     * @throws DataException if the file is missing, empty or ragged, or lacks the column
     */
    public static ConllFile readWords(Path file, ConllColumns columns) {
        return ConllReader.read(file, columns, false);
    }

    /** Where the file is. */
    public Path path() {
        return path;
    }

    /** The sentences, in their order; at least one. */
    public List<TaggedSentence> sentences() {
        return sentences;
    }

    /** Number of words. */
    public int words() {
        return sentences.stream().mapToInt(sentence -> sentence.words().size()).sum();
    }

    /** Where a sentence begins, for messages: file and line. */
    public String where(int sentence) {
        return where(sentence, 0);
    }

    /** Where a word is, for messages: file and line. */
    public String where(int sentence, int word) {
        return path + ", line " + sentences.get(sentence).lines()[word];
    }

    /** The words of all sentences. */
    public List<List<String>> texts() {
        return sentences.stream().map(TaggedSentence::words).toList();
    }

    /** The labels of all sentences. */
    public List<List<String>> labels() {
        return sentences.stream().map(TaggedSentence::labels).toList();
    }

    /**
     * Makes sure that every label is one of these.
     *
     * @throws DataException if one is not, with the line it is on
     */
    public void requireKnown(LabelSet known) {
        for (int i = 0; i < sentences.size(); i++) {
            int sentence = i;
            for (int j = 0; j < sentences.get(i).labels().size(); j++) {
                int word = j;
                known.id(sentences.get(i).labels().get(j), () -> where(sentence, word));
            }
        }
    }

    /**
     * The file with a column more behind the last one.
     *
     * @param labels one a word, sentence by sentence
     */
    public String withColumn(List<List<String>> labels) {
        StringBuilder text = new StringBuilder();
        int sentence = 0;
        int word = 0;
        for (ConllLine line : lines) {
            text.append(line.text());
            switch (line.kind()) {
                case WORD -> {
                    text.append(separator).append(labels.get(sentence).get(word));
                    word++;
                    if (word == labels.get(sentence).size()) {
                        sentence++;
                        word = 0;
                    }
                }
                case DOCUMENT -> text.append(separator).append("O");
                case NO_WORD -> text.append(separator).append("_");
                case OTHER -> { }
            }
            text.append('\n');
        }
        return text.toString();
    }
}
