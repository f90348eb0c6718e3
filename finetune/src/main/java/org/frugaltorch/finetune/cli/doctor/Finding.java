package org.frugaltorch.finetune.cli.doctor;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a check found.
 *
 * @param usable whether FrugalTorch can run with it
 * @param values what was found, by name with its unit ({@code memory_total_bytes}), in the order to print
 * @param advice sentences about what is wrong or could be better
 */
record Finding(boolean usable, Map<String, Object> values, @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> advice) {

    Finding {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        advice = List.copyOf(advice);
    }

    static Finding failed(String sentence) {
        return new Finding(false, Map.of(), List.of(sentence));
    }

    /** Collects a finding. */
    static final class Builder {
        private final Map<String, Object> values = new LinkedHashMap<>();
        private final List<String> advice = new ArrayList<>();

        /** A value: text, a number, a truth value or a list of them. */
        Builder value(String name, Object value) {
            values.put(name, value);
            return this;
        }

        /** Something that works but could be better. */
        Builder advise(String sentence) {
            advice.add(sentence);
            return this;
        }

        Finding usable() {
            return new Finding(true, values, advice);
        }
    }
}
