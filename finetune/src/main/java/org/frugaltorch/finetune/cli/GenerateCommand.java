package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.frugaltorch.finetune.generation.Completion;
import org.frugaltorch.finetune.generation.GenerationSettings;
import org.frugaltorch.finetune.generation.StopTokens;
import org.frugaltorch.finetune.instruction.InstructionExample;
import org.frugaltorch.finetune.instruction.PromptTemplate;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.service.LoadedDecoder;
import org.frugaltorch.tensor.TensorScope;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code frugal generate}: lets a decoder continue a text or follow an instruction. */
@Command(name = "generate", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Continue a text, or follow an instruction, with a decoder.",
        description = {
            "",
            "Weights stay in the mapped file, in the type they are stored in. Keys and values of the text so far are kept, "
                    + "so a token costs its own work alone.",
            ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  frugal generate --model models/llama --prompt 'Once upon a time' --temperature 0.8",
            "  frugal generate --model runs/mine/full/model --instruction 'Add.' --input '2 and 3' --template alpaca.json",
            "  frugal generate --model models/llama --adapter runs/llama-data-lora/model --instruction 'Add.'"})
public final class GenerateCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "DIR",
            description = "Decoder: config.json, safetensors, tokenizer.json.")
    private Path model;

    @Mixin
    private DecoderOptions decoding;

    @ArgGroup(multiplicity = "1")
    private Wish wish;

    /** Either a text or an instruction. */
    static final class Wish {
        @Option(names = "--prompt", paramLabel = "TEXT", description = "Text to continue, as it is.")
        private String prompt;

        @Option(names = "--instruction", paramLabel = "TEXT", description = "What to do, put into the template.")
        private String instruction;
    }

    @Option(names = "--input", defaultValue = "", paramLabel = "TEXT", description = "What to do it with.")
    private String input;

    @Option(names = "--template", paramLabel = "FILE",
            description = "JSON with prompt_input, prompt_no_input, response_split (default: plain headings).")
    private Path template;

    @Option(names = "--max-new-tokens", defaultValue = "128", paramLabel = "N",
            description = "Most tokens to add (default: ${DEFAULT-VALUE}).")
    private int maxNewTokens;

    @Option(names = "--temperature", defaultValue = "0", paramLabel = "X",
            description = "0: the likeliest token every time; above: draws, the wilder the higher (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(names = "--top-k", defaultValue = "0", paramLabel = "N",
            description = "Draw among so many likeliest tokens; 0: all (default: ${DEFAULT-VALUE}).")
    private int topK;

    @Option(names = "--top-p", defaultValue = "1", paramLabel = "X",
            description = "Draw among the likeliest tokens of this probability together (default: ${DEFAULT-VALUE}).")
    private double topP;

    @Option(names = "--seed", defaultValue = "42", paramLabel = "N", description = "Of the draws (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public GenerateCommand() {}

    @Override
    public Integer call() {
        if (wish.prompt != null) {
            Stream.of("--input", "--template").filter(spec.commandLine().getParseResult()::hasMatchedOption).findFirst()
                    .ifPresent(option -> {
                        throw new ParameterException(spec.commandLine(),
                                option + " is for --instruction; a --prompt is continued as it is");
                    });
        }
        ModelDirectory directory = ModelDirectory.open(model);
        GenerationSettings settings = new GenerationSettings(
                maxNewTokens, temperature, topK, topP, StopTokens.of(directory), seed);
        String text = text();
        try (TensorScope scope = TensorScope.open();
                LoadedDecoder decoder = LoadedDecoder.load(directory, () -> decoding.load(directory))) {
            PrintWriter out = spec.commandLine().getOut();
            long start = System.nanoTime();
            Completion result = decoder.completer().complete(text, settings, piece -> {
                out.print(piece);
                out.flush();
            });
            double seconds = (System.nanoTime() - start) / 1e9;
            out.println();
            json.write(Map.of("text", result.text(), "promptTokens", result.promptTokens(),
                    "newTokens", result.newTokens(), "seconds", seconds));
        }
        return 0;
    }

    private String text() {
        if (wish.prompt != null) {
            return wish.prompt;
        }
        PromptTemplate form = template == null ? PromptTemplate.PLAIN : PromptTemplate.read(template);
        return form.prompt(new InstructionExample(wish.instruction, input, "", "--instruction"));
    }
}
