package org.frugaltorch.finetune.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.instruction.InstructionData;
import org.frugaltorch.finetune.instruction.InstructionData.Split;
import org.frugaltorch.finetune.instruction.LanguageTokens;
import org.frugaltorch.finetune.instruction.PromptTemplate;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.io.DataException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options of {@code frugal finetune} about what is trained on what. */
@Command(optionListHeading = "%nModel and data:%n")
public final class FinetuneDataOptions {
    private static final int NO_END = -1;
    private static final int USUAL_LENGTH = 1024;
    private static final double USUAL_SHARE = 0.05;

    @Option(names = {"--model-name-or-path", "--model"}, required = true, paramLabel = "DIR",
            description = "Decoder with its tokenizer, as Hugging Face lays it out.")
    private Path model;

    @Option(names = "--dataset-name-or-path", required = true, paramLabel = "PATH",
            description = "JSON or JSON lines, or a directory of such, with the fields instruction, input, output.")
    private Path dataset;

    @Option(names = "--eval-file", paramLabel = "PATH",
            description = "The same with examples to judge by. Without it, --val-set-size of the data are held out.")
    private Path evaluation;

    @Option(names = "--val-set-size", paramLabel = "X",
            description = "Examples to hold out without --eval-file: a share, or a number (default: 0.05).")
    private Double heldOut;

    @Option(names = "--exclude-sources", split = ",", defaultValue = "airoboros,leetcode_ne", paramLabel = "NAMES",
            description = "Leave out rows whose field data_source is one of these, as TokenTune's authors do with"
                    + " Open-Platypus (default: ${DEFAULT-VALUE}).")
    private List<String> excludedSources;

    @Option(names = "--prompt-template-name-or-path", paramLabel = "FILE",
            description = "JSON with prompt_input, prompt_no_input and response_split (default: plain headings).")
    private Path template;

    @Option(names = "--max-length", paramLabel = "N",
            description = "Cut examples to this many tokens (default: 1024, or what the model has positions for).")
    private Integer maxLength;

    @Option(names = "--add-eos-token",
            description = "End examples that have room for it with the token that ends texts, so that the model learns"
                    + " to stop.")
    private boolean addEnd;

    /** Options not given yet; picocli sets them. */
    public FinetuneDataOptions() {}

    /** The pretrained model. */
    ModelDirectory openModel() {
        if (!Files.exists(model)) {
            throw new DataException("there is no folder " + model
                    + "; models are read from local directories, not fetched by their names");
        }
        return ModelDirectory.open(model);
    }

    Path model() {
        return model;
    }

    Path dataset() {
        return dataset;
    }

    /** Reads and tokenises everything. */
    InstructionData read(ModelDirectory directory, Tokenizer tokenizer, long seed) {
        requirePresent(dataset);
        if (evaluation != null) {
            requirePresent(evaluation);
            if (heldOut != null) {
                throw new IllegalArgumentException("--eval-file brings examples to judge by, and --val-set-size takes"
                        + " some of the data for that: give one");
            }
        }
        Split split = new Split(Objects.requireNonNullElse(heldOut, USUAL_SHARE), seed);
        PromptTemplate form = template == null ? PromptTemplate.PLAIN : PromptTemplate.read(template);
        MaxLength limit = limit(directory.config().maxPositionEmbeddings());
        int end = end(tokenizer);
        return InstructionData.read(new InstructionData.Files(dataset, evaluation, Set.copyOf(excludedSources)), split,
                examples -> LanguageTokens.of(examples, form, tokenizer, limit, end));
    }

    private static void requirePresent(Path data) {
        if (!Files.exists(data)) {
            throw new DataException("there is no file or folder " + data
                    + "; data is read from local JSON, not fetched by its name");
        }
    }

    private int end(Tokenizer tokenizer) {
        if (!addEnd) {
            return NO_END;
        }
        return tokenizer.eosId().orElseThrow(() -> new DataException("--add-eos-token: the tokenizer in " + model
                + " names no token that ends texts (eos_token in tokenizer_config.json)"));
    }

    /** The longest examples for a model with that many positions. */
    MaxLength limit(int positions) {
        if (maxLength != null && maxLength > positions) {
            throw new IllegalArgumentException("--max-length " + maxLength + " is more than the " + positions
                    + " positions that the model has");
        }
        return new MaxLength(maxLength == null ? Math.min(USUAL_LENGTH, positions) : maxLength, true);
    }

    /** What was read, in words. */
    String described(InstructionData data) {
        StringBuilder text = new StringBuilder()
                .append(examples(data.training().size())).append(" to learn from, ")
                .append(data.heldOut().size()).append(evaluation == null ? " of the data held out" : " held out");
        if (data.withoutRoom() > 0) {
            text.append("; ").append(examples(data.withoutRoom()))
                    .append(" left out, as the prompt leaves no room for an answer within --max-length");
        }
        if (data.excluded() > 0) {
            text.append("; ").append(examples(data.excluded())).append(" left out by --exclude-sources");
        }
        return text.toString();
    }

    private static String examples(int count) {
        return count == 1 ? "1 example" : count + " examples";
    }
}
