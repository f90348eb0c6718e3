package org.frugaltorch.finetune.importer;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * LanguageTool's sentences as pairs of a wrong and a right one, labelled with which of the two is right. All sentences of
 * a rule are in the same part, so that mistakes must be recognised that were not learnt; no sentence is in both.
 */
record LanguageToolPairs(LanguageToolRules rules) implements Importer {
    private static final double EVAL_FRACTION = 0.15;

    @Override
    public String importTo(Path directory, Consumer<String> progress) {
        return convert(rules.artifact().resolve(progress), directory);
    }

    String convert(Path jar, Path directory) {
        HeldOut split = new HeldOut(EVAL_FRACTION, List.of("text", "text_pair", "label"));
        rules.readApart(jar, split::holdsOut).forEach(correction -> {
            boolean first = (HashSplit.hash(correction.wrong()) & 1) == 0;
            String wrong = correction.wrong();
            String right = correction.right();
            split.add(correction.rule(), first ? right : wrong, first ? wrong : right, first ? "first" : "second");
        });
        return split.write(directory);
    }
}
