package org.frugaltorch.finetune.importer;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.frugaltorch.io.DataException;

/**
 * The sentences by which LanguageTool's rules for English show the mistake they are about, with their correction.
 *
 * @param entries the jar's files of rules
 */
record LanguageToolRules(MavenArtifact artifact, List<String> entries) {
    /**
     * A sentence of a rule.
     *
     * @param rule name of the rule or the group of rules
     */
    record Correction(String rule, String wrong, String right) {
        Stream<String> sentences() {
            return Stream.of(wrong, right);
        }
    }

    /**
     * The same as {@link #read}, but for corrections of other rules that share a sentence with those that are held out.
     *
     * @param heldOut which rules are kept for evaluation
     */
    List<Correction> readApart(Path jar, Predicate<String> heldOut) {
        List<Correction> corrections = new ArrayList<>();
        read(jar, corrections::add);
        Set<String> kept = corrections.stream().filter(correction -> heldOut.test(correction.rule()))
                .flatMap(Correction::sentences).collect(Collectors.toSet());
        corrections.removeIf(correction ->
                !heldOut.test(correction.rule()) && correction.sentences().anyMatch(kept::contains));
        return corrections;
    }

    /**
     * Every sentence that changes when corrected, once: some serve several rules, the first has them.
     *
     * @throws DataException if the rules are damaged, or show no corrections
     */
    void read(Path jar, Consumer<Correction> corrections) {
        Set<String> seen = new HashSet<>();
        for (String entry : entries) {
            Jar.read(jar, entry, content -> {
                read(content, jar + " (" + entry + ")", correction -> {
                    if (!correction.wrong.equals(correction.right) && seen.add(correction.wrong)) {
                        corrections.accept(correction);
                    }
                });
                return null;
            });
        }
        if (seen.isEmpty()) {
            throw new DataException(jar + " holds no sentences with corrections");
        }
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
