package org.frugaltorch.finetune.importer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.frugaltorch.finetune.data.JsonRows;

/**
 * LanguageTool's sentences as instructions to correct them. All sentences of a rule are in the same part, and no sentence
 * in both.
 */
record LanguageToolCorrections(LanguageToolRules rules) implements Importer {
    private static final HashSplit RULES = new HashSplit(0.05);

    @Override
    public String importTo(Path directory, Consumer<String> progress) {
        return convert(rules.artifact().resolve(progress), directory);
    }

    String convert(Path jar, Path directory) {
        List<Map<String, Object>> train = new ArrayList<>();
        List<Map<String, Object>> eval = new ArrayList<>();
        rules.readApart(jar, RULES::holdsOut).forEach(correction ->
                (RULES.holdsOut(correction.rule()) ? eval : train).add(row(correction)));
        JsonRows.write(directory.resolve("train.jsonl"), train);
        JsonRows.write(directory.resolve("eval.jsonl"), eval);
        return train.size() + " sentences to train on, and " + eval.size() + " of rules that do not occur among those";
    }

    private static Map<String, Object> row(LanguageToolRules.Correction correction) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("instruction", "Correct the sentence.");
        row.put("input", correction.wrong());
        row.put("output", correction.right());
        return row;
    }
}
