package org.frugaltorch.finetune.importer;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Text made from WordNet's meanings, in two parts with different words; see {@link WordNetSplit}.
 *
 * @param folder of the jar that holds the data files, with a slash at the end
 */
record WordNetText(MavenArtifact artifact, String folder, WordNetForm form) implements Importer {
    @Override
    public String importTo(Path directory, Consumer<String> progress) {
        return convert(artifact.resolve(progress), directory);
    }

    String convert(Path jar, Path directory) {
        WordNetSplit split = WordNetSplit.read(jar, folder);
        int train = form.write(split.train(), directory, "train");
        int eval = form.write(split.eval(), directory, "eval");
        return train + " examples to train on, and " + eval + " of words that do not occur among those";
    }
}
