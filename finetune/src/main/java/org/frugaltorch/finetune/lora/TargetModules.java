package org.frugaltorch.finetune.lora;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.frugaltorch.finetune.model.ModelFamily;
import org.frugaltorch.finetune.quant.OutputHeads;
import org.frugaltorch.finetune.model.ParameterNames.Part;
import org.frugaltorch.finetune.text.NearestWord;

/** Which linear layers get an adapter, by PEFT's rules. */
public sealed interface TargetModules {
    /** Whether the layer of that full name is meant. */
    boolean matches(String layer);

    /** All linear layers except the output head. */
    TargetModules ALL_LINEAR = new AllLinear();

    /** The queries and values of a family's attention, which PEFT adapts unless told otherwise. */
    static TargetModules queriesAndValues(ModelFamily family) {
        return named(lastPart(family.names().of(Part.QUERY)), lastPart(family.names().of(Part.VALUE)));
    }

    /**
     * Refuses names that no layer has, and anything that matches none.
     *
     * @param layers full names of a model's linear layers
     * @throws IllegalArgumentException with the layers that the model has, and what was probably meant
     */
    default void requireIn(Collection<String> layers) {
        Set<String> known = lastParts(layers);
        List<String> unmatched = this instanceof Endings names ? names.unmatched(layers) : List.of();
        if (!unmatched.isEmpty()) {
            List<String> meant = unmatched.stream()
                    .flatMap(name -> NearestWord.to(name, known).stream()).distinct().toList();
            throw new IllegalArgumentException("No linear layer is called " + String.join(" or ", unmatched)
                    + (meant.isEmpty() ? "" : " (did you mean " + String.join(" and ", meant) + "?)")
                    + "; this model has " + String.join(", ", known));
        }
        if (layers.stream().noneMatch(this::matches)) {
            throw new IllegalArgumentException(matchNone(layers));
        }
    }

    /** The complaint about target modules that match none of a model's layers. */
    static String matchNone(Collection<String> layers) {
        return "The target modules match no linear layer; this model has " + String.join(", ", lastParts(layers));
    }

    private static Set<String> lastParts(Collection<String> layers) {
        Set<String> parts = new LinkedHashSet<>();
        layers.forEach(layer -> parts.add(lastPart(layer)));
        return parts;
    }

    private static String lastPart(String layer) {
        return layer.substring(layer.lastIndexOf('.') + 1);
    }

    /** Reads names as people type them: {@code all-linear} alone, or the last parts of layers' names. */
    static TargetModules parse(List<String> names) {
        return names.equals(List.of(AllLinear.NAME)) ? ALL_LINEAR : new Endings(names);
    }

    /** Layers by the last parts of their names, such as {@code q_proj} or {@code self_attn.q_proj}. */
    static TargetModules named(String... endings) {
        return new Endings(List.of(endings));
    }

    /**
     * Layers by the last parts of their names.
     *
     * @param endings full names, or what follows a dot in them
     */
    record Endings(List<String> endings) implements TargetModules {
        public Endings {
            endings = List.copyOf(endings);
        }

        @Override
        public boolean matches(String layer) {
            return endings.stream().anyMatch(ending -> matches(ending, layer));
        }

        /** The endings that no layer has. */
        List<String> unmatched(Collection<String> layers) {
            return endings.stream().filter(ending -> layers.stream().noneMatch(l -> matches(ending, l))).toList();
        }

        @Override
        public String toString() {
            return String.join(",", endings);
        }

        private static boolean matches(String ending, String layer) {
            return isEnd(ending, layer) || isEnd(ending, PeftNames.theirs(layer));
        }

        private static boolean isEnd(String ending, String layer) {
            return layer.equals(ending) || layer.endsWith("." + ending);
        }
    }

    /**
     * Layers whose whole name matches a regular expression.
     *
     * @param expression as Java reads it
     */
    record Expression(String expression) implements TargetModules {
        public Expression {
            try {
                Pattern.compile(expression);
            } catch (PatternSyntaxException malformed) {
                throw new IllegalArgumentException("The target modules '" + expression + "' are no regular expression: "
                        + malformed.getDescription());
            }
        }

        @Override
        public boolean matches(String layer) {
            return Pattern.matches(expression, layer);
        }

        @Override
        public String toString() {
            return expression;
        }
    }

    /** All linear layers except those that give the output scores. */
    record AllLinear() implements TargetModules {
        /** What PEFT calls this choice. */
        static final String NAME = "all-linear";

        @Override
        public boolean matches(String layer) {
            return !OutputHeads.contains(layer);
        }

        @Override
        public String toString() {
            return NAME;
        }
    }
}
