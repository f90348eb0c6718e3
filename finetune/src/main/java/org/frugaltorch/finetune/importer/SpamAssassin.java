package org.frugaltorch.finetune.importer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.frugaltorch.io.DataException;

/**
 * SpamAssassin's public mails, labelled {@code spam} or {@code ham}. Only subject and body are kept: which list and which
 * servers a mail came through gives its label away.
 */
record SpamAssassin(NpmPackage source) implements Importer {
    private static final double EVAL_FRACTION = 0.2;
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern MAIL = Pattern.compile("package/data/(easy-ham|hard-ham|spam)-\\d/[^/]+\\.json");
    /** A header goes on in the lines that start with white space. */
    private static final Pattern SUBJECT = Pattern.compile("(?im)^subject:([^\\n]*(?:\\n[ \\t][^\\n]*)*)");

    @Override
    public String importTo(Path directory, Consumer<String> progress) {
        return convert(source.resolve(progress), directory);
    }

    String convert(Path archive, Path directory) {
        HeldOut split = new HeldOut(EVAL_FRACTION);
        Set<String> seen = new HashSet<>();
        // Sorted by name, as the order of files in the archive means nothing.
        readMails(archive).forEach((file, mail) -> {
            String text = text(mail.path("text").asText());
            String label = mail.path("group").asText().startsWith("spam") ? "spam" : "ham";
            String key = text.replaceAll("\\s+", " ");
            if (!text.isEmpty() && seen.add(key)) {
                split.add(key, text, label);
            }
        });
        return split.write(directory);
    }

    private static TreeMap<String, JsonNode> readMails(Path archive) {
        TreeMap<String, JsonNode> mails = new TreeMap<>();
        TarArchive.read(archive, MAIL, (name, content) -> mails.put(name, JSON.readTree(content)));
        if (mails.isEmpty()) {
            throw new DataException(archive + " holds no mails");
        }
        return mails;
    }

    static String text(String mail) {
        String unix = mail.replace("\r\n", "\n");
        int end = unix.indexOf("\n\n");
        String headers = end < 0 ? unix : unix.substring(0, end);
        String body = end < 0 ? "" : unix.substring(end);
        Matcher subject = SUBJECT.matcher(headers);
        String first = subject.find() ? subject.group(1).replaceAll("\\s+", " ").strip() : "";
        return (first + "\n" + body.strip()).strip();
    }
}
