package org.frugaltorch.finetune.importer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.DataException;

/**
 * The tagged Brown corpus (Francis and Kučera, 1979) in CoNLL columns: word, tag, part of speech. A text is in one
 * part as a whole: one in ten to judge by, another to test with.
 */
record BrownCorpus(NpmPackage source) implements Importer {
    /** 500 texts, by genre and number. */
    private static final Pattern TEXT = Pattern.compile("package/(c[a-r]\\d\\d)");
    private static final HashSplit EVAL = new HashSplit(0.1);
    private static final HashSplit TEST = new HashSplit(1.0 / 9);
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    @Override
    public String importTo(Path directory, Consumer<String> progress) {
        return convert(source.resolve(progress), directory);
    }

    /** Sentences of some texts, as they are written. */
    private static final class Part {
        private final StringBuilder lines = new StringBuilder();
        private int sentences;

        void add(String text, List<List<String>> found) {
            lines.append("# newdoc id = ").append(text).append('\n');
            for (List<String> rows : found) {
                rows.forEach(row -> lines.append(row).append('\n'));
                lines.append('\n');
                sentences++;
            }
        }

        String write(Path file) {
            AtomicFiles.writeString(file, lines.toString());
            return sentences + " in " + file.getFileName();
        }
    }

    String convert(Path archive, Path directory) {
        Part train = new Part();
        Part eval = new Part();
        Part test = new Part();
        TreeMap<String, String> texts = new TreeMap<>(); // the order of files in the archive means nothing
        TarArchive.read(archive, TEXT, (name, content) ->
                texts.put(name.substring(name.indexOf('/') + 1), new String(content, StandardCharsets.ISO_8859_1)));
        if (texts.isEmpty()) {
            throw new DataException(archive + " holds no texts of the Brown corpus");
        }
        texts.forEach((name, text) -> {
            Part part = EVAL.holdsOut(name) ? eval : TEST.holdsOut("test " + name) ? test : train;
            part.add(name, sentences(archive + " (" + name + ")", text));
        });
        return "sentences: " + train.write(directory.resolve("train.conll")) + ", "
                + eval.write(directory.resolve("eval.conll")) + " and " + test.write(directory.resolve("test.conll"))
                + " (columns word, Brown tag, part of speech)";
    }

    /** A sentence a line, each word with its tag behind a slash. */
    private static List<List<String>> sentences(String where, String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty())
                .map(line -> BLANKS.splitAsStream(line).map(token -> row(where, token)).toList())
                .toList();
    }

    private static String row(String where, String token) {
        int slash = token.lastIndexOf('/');
        if (slash < 1 || slash == token.length() - 1) {
            throw new DataException(where + ": '" + token + "' is no word with a tag behind a slash");
        }
        BrownTag tag = new BrownTag(token.substring(slash + 1));
        return token.substring(0, slash) + '\t' + tag.plain() + '\t' + tag.partOfSpeech();
    }
}
