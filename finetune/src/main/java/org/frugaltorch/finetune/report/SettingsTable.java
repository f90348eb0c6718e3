package org.frugaltorch.finetune.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.frugaltorch.finetune.measure.Units;

/**
 * Settings sorted into those that all runs share and those by which the runs differ.
 *
 * @param common          rows of name and value
 * @param differingTitles titles of the second table: a first column, then one a method
 * @param differing       rows of name and one value a method
 */
record SettingsTable(List<List<String>> common, List<String> differingTitles, List<List<String>> differing) {

    static SettingsTable of(ReportContent content) {
        List<List<String>> common = new ArrayList<>();
        content.settings().forEach((name, value) -> common.add(List.of(name, value)));
        List<String> titles = new ArrayList<>(List.of("Setting"));
        Set<String> names = new LinkedHashSet<>();
        for (RunSummary summary : content.summaries()) {
            titles.add(summary.method());
            names.addAll(summary.settings().keySet());
        }
        List<List<String>> differing = new ArrayList<>();
        for (String name : names) {
            List<String> values = content.summaries().stream()
                    .map(summary -> summary.settings().getOrDefault(name, Units.NOT_MEASURED)).toList();
            if (new TreeSet<>(values).size() == 1) {
                common.add(List.of(name, values.getFirst()));
            } else {
                List<String> row = new ArrayList<>(List.of(name));
                row.addAll(values);
                differing.add(row);
            }
        }
        return new SettingsTable(common, titles, differing);
    }

    boolean isEmpty() {
        return common.isEmpty() && differing.isEmpty();
    }
}
