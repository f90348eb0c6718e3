package org.frugaltorch.finetune.tagging;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.frugaltorch.finetune.metrics.Entity;
import org.frugaltorch.finetune.metrics.Metric;

/** What labels of words mean: a class each, or together the entities in a sentence. */
public enum TagScheme {
    /** Labels of single words, such as parts of speech. */
    PLAIN("plain labels", Metric.ACCURACY, Metric.MACRO_F1),
    /** {@code I} for words of entities, {@code B} only for the first word right behind another of the same type. */
    IOB1("entities in IOB1"),
    /** {@code B} for the first word of each entity, {@code I} for its others. */
    IOB2("entities in IOB2"),
    /** {@code E} for last words too, and {@code S} for entities of a single word. */
    BIOES("entities in BIOES");

    private static final Pattern TAG = Pattern.compile("[BIES](-.+)?");

    private final String words;
    private final List<Metric> metrics;

    TagScheme(String words, Metric... metrics) {
        this.words = words;
        this.metrics = metrics.length > 0 ? List.of(metrics)
                : List.of(Metric.ENTITY_F1, Metric.ENTITY_PRECISION, Metric.ENTITY_RECALL, Metric.ACCURACY);
    }

    /** The scheme of all labels of a file. */
    public static TagScheme of(List<TaggedSentence> sentences) {
        TagScheme scheme = ofLabels(labels(sentences));
        return scheme == IOB2 && sentences.stream().anyMatch(TagScheme::beginsWithInside) ? IOB1 : scheme;
    }

    /**
     * The scheme of a set of labels: plain unless every one of them is a tag or {@code O}. IOB1 has the labels of
     * IOB2, and is not told from it here.
     */
    public static TagScheme ofLabels(Collection<String> labels) {
        boolean tags = labels.stream().allMatch(label -> isOutside(label) || TAG.matcher(label).matches());
        if (!tags || labels.stream().allMatch(TagScheme::isOutside)) {
            return PLAIN;
        }
        return labels.stream().anyMatch(label -> label.startsWith("E") || label.startsWith("S")) ? BIOES : IOB2;
    }

    private static Set<String> labels(List<TaggedSentence> sentences) {
        return sentences.stream().flatMap(sentence -> sentence.labels().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static boolean isOutside(String label) {
        return label.equals(Entity.OUTSIDE);
    }

    private static boolean beginsWithInside(TaggedSentence sentence) {
        return Entity.of(sentence.labels()).stream()
                .anyMatch(entity -> sentence.labels().get(entity.first()).startsWith("I"));
    }

    /** Whether labels mark entities. */
    public boolean marksEntities() {
        return this != PLAIN;
    }

    /**
     * All labels that a model of these sentences may give. Where they mark entities, these are every kind of tag that
     * occurs for every type that occurs, and {@code O}: a type of which only short entities, or none side by side, were
     * seen may have others elsewhere.
     */
    public Collection<String> labelsOf(List<TaggedSentence> sentences) {
        Set<String> seen = labels(sentences);
        if (!marksEntities()) {
            return seen;
        }
        Set<String> kinds = seen.stream().filter(label -> !isOutside(label)).map(label -> label.substring(0, 1))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Set<String> types = seen.stream().filter(label -> !isOutside(label)).map(label -> label.substring(1))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return Stream.concat(Stream.of(Entity.OUTSIDE),
                types.stream().flatMap(type -> kinds.stream().map(kind -> kind + type))).toList();
    }

    /** The metrics that such labels are judged by, the one that chooses the best model first. */
    public List<Metric> metrics() {
        return metrics;
    }

    /**
     * One of these metrics by its name, that of an entity's also without {@code entity_}; the first one for null.
     *
     * @throws IllegalArgumentException when such labels are not judged by it
     */
    public Metric metric(String name) {
        if (name == null) {
            return metrics.getFirst();
        }
        return Stream.of(name, "entity_" + name).flatMap(id -> find(id).stream()).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The labels are " + words + ", which are not judged by"
                        + " '" + name + "', but by one of "
                        + metrics.stream().map(Metric::id).collect(Collectors.joining(", "))));
    }

    private Optional<Metric> find(String id) {
        return metrics.stream().filter(metric -> metric.id().equals(id.replace('-', '_'))).findFirst();
    }

    /** In words, for people. */
    @Override
    public String toString() {
        return words;
    }
}
