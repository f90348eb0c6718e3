package org.frugaltorch.finetune.importer;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.frugaltorch.finetune.data.JsonRows;
import org.frugaltorch.io.DataException;

/**
 * The sentences by which LanguageTool's rules for English show the mistake they are about, with their correction, as
 * instructions. All sentences of a rule are in the same part.
 *
 * @param entries the jar's files of rules
 */
record LanguageToolCorrections(MavenArtifact artifact, List<String> entries) implements Importer {
    private static final HashSplit RULES = new HashSplit(0.05);

    /**
     * A sentence of a rule.
     *
     * @param rule name of the rule or the group of rules
     */
    private record Correction(String rule, String wrong, String right) {}

    @Override
    public String importTo(Path directory, Consumer<String> progress) {
        progress.accept(
                "Looking for " + artifact + " in the local Maven repository (fetched with mvn if it is not there)");
        return convert(artifact.resolve(), directory);
    }

    String convert(Path jar, Path directory) {
        List<Map<String, Object>> train = new ArrayList<>();
        List<Map<String, Object>> eval = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String entry : entries) {
            Jar.read(jar, entry, content -> {
                read(content, jar + " (" + entry + ")", correction -> {
                    // Some sentences serve several rules; the first has them.
                    if (!correction.wrong.equals(correction.right) && seen.add(correction.wrong)) {
                        (RULES.holdsOut(correction.rule) ? eval : train).add(row(correction));
                    }
                });
                return null;
            });
        }
        if (train.isEmpty()) {
            throw new DataException(jar + " holds no sentences with corrections");
        }
        JsonRows.write(directory.resolve("train.jsonl"), train);
        JsonRows.write(directory.resolve("eval.jsonl"), eval);
        return train.size() + " sentences to train on, and " + eval.size() + " of rules that do not occur among those";
    }

    private static Map<String, Object> row(Correction correction) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("instruction", "Correct the sentence.");
        row.put("input", correction.wrong);
        row.put("output", correction.right);
        return row;
    }

    private static void read(InputStream content, String where, Consumer<Correction> corrections) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        // The rules abbreviate long lists of words with thousands of references, more than Java grants unknown files.
        for (String limit : List.of("entityExpansionLimit", "totalEntitySizeLimit", "maxGeneralEntitySizeLimit")) {
            factory.setProperty("jdk.xml." + limit, "0");
        }
        try {
            XMLStreamReader xml = factory.createXMLStreamReader(content);
            String group = null;
            String rule = "";
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("rulegroup")) {
                    group = null;
                } else if (event == XMLStreamConstants.START_ELEMENT) {
                    switch (xml.getLocalName()) {
                        case "rulegroup" -> group = xml.getAttributeValue(null, "id");
                        case "rule" -> rule = xml.getAttributeValue(null, "id");
                        case "example" -> example(xml, group == null ? rule : group, corrections);
                        default -> { }
                    }
                }
            }
        } catch (XMLStreamException malformed) {
            throw new DataException("the rules " + where + " are not valid XML: " + malformed.getMessage(), malformed);
        }
    }

    /**
     * {@code <example correction="have|had">They <marker>has</marker> time.</example>}: what is marked is to be
     * replaced by any of the corrections. Without one, the rule finds a mistake but knows no remedy.
     */
    private static void example(XMLStreamReader xml, String rule, Consumer<Correction> corrections)
            throws XMLStreamException {
        String attribute = xml.getAttributeValue(null, "correction");
        String correction = attribute == null ? "" : attribute.split("\\|", 2)[0];
        StringBuilder wrong = new StringBuilder();
        StringBuilder right = new StringBuilder();
        boolean marked = false;
        int markers = 0;
        while (true) {
            int event = xml.next();
            if (event == XMLStreamConstants.START_ELEMENT) {
                marked = true;
                markers++;
                right.append(correction);
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                if (!marked) {
                    break;
                }
                marked = false;
            } else if (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA) {
                wrong.append(xml.getText());
                right.append(marked ? "" : xml.getText());
            }
        }
        if (markers == 1 && !correction.isBlank()) {
            corrections.accept(new Correction(rule, oneLine(wrong), oneLine(right)));
        }
    }

    private static String oneLine(CharSequence text) {
        return text.toString().strip().replaceAll("\\s+", " ");
    }
}
