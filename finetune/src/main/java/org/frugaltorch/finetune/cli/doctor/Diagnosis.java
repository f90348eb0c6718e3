package org.frugaltorch.finetune.cli.doctor;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.frugaltorch.finetune.cli.FailureSentence;

/**
 * What all checks found, by title.
 *
 * @param findings in the order to print
 */
record Diagnosis(Map<String, Finding> findings) {

    private static final double GIB = 1 << 30;

    static Diagnosis of(List<Check> checks) {
        Map<String, Finding> findings = new LinkedHashMap<>();
        for (Check check : checks) {
            findings.put(check.title(), look(check));
        }
        return new Diagnosis(findings);
    }

    private static Finding look(Check check) {
        try {
            return check.look();
        } catch (RuntimeException | LinkageError e) {
            return Finding.failed(FailureSentence.of(e));
        }
    }

    boolean isUsable() {
        return findings.values().stream().allMatch(Finding::usable);
    }

    void print(PrintWriter out) {
        findings.forEach((title, finding) -> {
            out.println(title + (finding.usable() ? "" : ": NOT USABLE"));
            finding.values().forEach((name, value) -> out.printf("  %-24s %s%n", label(name), text(name, value)));
            finding.advice().forEach(sentence -> out.println("  ! " + sentence));
        });
    }

    private static String label(String name) {
        return name.replaceFirst("_bytes$", "").replace('_', ' ');
    }

    private static String text(String name, Object value) {
        return switch (value) {
            case Long bytes when name.endsWith("_bytes") -> String.format(Locale.ROOT, "%.1f GiB", bytes / GIB);
            case Boolean truth -> truth ? "yes" : "no";
            case Collection<?> items -> items.isEmpty()
                    ? "none"
                    : items.stream().map(String::valueOf).collect(Collectors.joining(", "));
            default -> value.toString();
        };
    }
}
