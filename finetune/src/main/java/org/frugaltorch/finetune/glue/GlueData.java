package org.frugaltorch.finetune.glue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.frugaltorch.finetune.classification.LabelledTokens;
import org.frugaltorch.finetune.classification.Targets;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.Examples;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.TextInputs;
import org.frugaltorch.finetune.data.Tokenizer;

/**
 * A task's examples, tokenised; what was not asked for is empty.
 *
 * @param training to learn from
 * @param validation to judge by
 * @param mismatched to judge by too
 * @param test without answers
 * @param mismatchedTest likewise
 */
public record GlueData(
        Optional<LabelledTokens> training, Optional<LabelledTokens> validation, Optional<LabelledTokens> mismatched,
        Optional<List<Encoding>> test, Optional<List<Encoding>> mismatchedTest) {
    /**
     * How many examples are read at most.
     *
     * @param training 0 for all
     * @param validation 0 for all
     * @param test 0 for all
     */
    public record Limits(int training, int validation, int test) {}

    /** Reads and tokenises files; labels are checked before the time for tokenising is spent. */
    public static GlueData read(
            GlueTask task, GlueFiles files, Tokenizer tokenizer, MaxLength maxLength, Limits limits) {
        Optional<Labelled> training = files.training().map(file -> labelled(task, file, limits.training));
        Optional<Labelled> validation = files.validation().map(file -> labelled(task, file, limits.validation));
        Optional<Labelled> mismatched = files.mismatched().map(file -> labelled(task, file, limits.validation));
        Optional<Examples> test = files.test().map(file -> unlabelled(task, file, limits.test));
        Optional<Examples> mismatchedTest = files.mismatchedTest().map(file -> unlabelled(task, file, limits.test));
        return new GlueData(
                training.map(part -> part.tokenised(tokenizer, maxLength)),
                validation.map(part -> part.tokenised(tokenizer, maxLength)),
                mismatched.map(part -> part.tokenised(tokenizer, maxLength)),
                test.map(part -> tokenizer.encodeAll(part, maxLength)),
                mismatchedTest.map(part -> tokenizer.encodeAll(part, maxLength)));
    }

    private record Labelled(Examples examples, Targets targets) {
        LabelledTokens tokenised(Tokenizer tokenizer, MaxLength maxLength) {
            return new LabelledTokens(new TextInputs(tokenizer.encodeAll(examples, maxLength)), targets);
        }
    }

    private static Labelled labelled(GlueTask task, Path file, int limit) {
        GlueReader reader = new GlueReader(task, true);
        Examples examples = reader.read(file).first(limit);
        return new Labelled(examples, reader.targets(examples));
    }

    private static Examples unlabelled(GlueTask task, Path file, int limit) {
        return new GlueReader(task, false).read(file).first(limit);
    }
}
