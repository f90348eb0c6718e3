package org.frugaltorch.finetune;

import java.nio.file.Path;
import org.frugaltorch.finetune.service.Classification;
import org.frugaltorch.finetune.service.TextClassifier;

/** The README's example of a service, here so that it is compiled and run: model directory, text. */
public class ReadmeService {
    public static void main(String[] args) {
        try (TextClassifier classifier = TextClassifier.open(Path.of(args[0]))) { // once, when the service starts
            Classification answer = classifier.classify(args[1]);                 // from any thread, virtual ones too
            System.out.printf("%s (%.2f)%n", answer.label(), answer.probability());
        }
    }
}
