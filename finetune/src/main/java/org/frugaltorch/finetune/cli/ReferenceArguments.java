package org.frugaltorch.finetune.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Reads command lines written for Python scripts: options with underscores mean those with dashes, flags may be
 * followed by Python's True or False, and options that cannot be honoured here are refused with the reason.
 */
final class ReferenceArguments implements IParameterPreprocessor {
    private static final String CPU = "it is about graphics processors, and training runs on the CPU";
    private static final String NO_SERVICE =
            "nothing is sent to any service: log.jsonl and report.html hold all figures";

    /** Options by the beginning of their names, and why not. */
    private static final Map<String, String> REFUSED = new LinkedHashMap<>();

    static {
        REFUSED.put("--fp16-opt-level", "it is a setting of the Apex library, which is not used; give --bf16");
        REFUSED.put("--fp16", "float16 needs scaled losses to train in, which are not built; give --bf16");
        REFUSED.put("--tf32", CPU);
        REFUSED.put("--model-parallel", "a model is trained on one device");
        REFUSED.put("--device", CPU);
        REFUSED.put("--local-rank", CPU);
        REFUSED.put("--deepspeed", CPU);
        REFUSED.put("--fsdp", CPU);
        REFUSED.put("--ddp-", CPU);
        REFUSED.put("--flash-attn", CPU);
        REFUSED.put("--torch-compile", "operators are called one by one, nothing is compiled");
        REFUSED.put("--load-in-8bit", "weights are kept in 4, 16 or 32 bits; give --lora --qlora for 4");
        REFUSED.put("--load-in-4bit", "give --lora --qlora");
        REFUSED.put("--gradient-checkpointing", "it is called --recompute here");
        REFUSED.put("--optim", "the optimiser is AdamW");
        REFUSED.put("--logging-dir", "there are no TensorBoard files; log.jsonl and report.html are written");
        REFUSED.put("--wandb", NO_SERVICE);
        REFUSED.put("--report-to", NO_SERVICE);
        REFUSED.put("--push-to-hub", NO_SERVICE);
        REFUSED.put("--hub-", NO_SERVICE);
    }

    /** Made by picocli. */
    ReferenceArguments() {}

    @Override
    public boolean preprocess(Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> info) {
        List<String> read = new ArrayList<>(arguments).reversed(); // what comes first is on top
        arguments.clear();
        List<String> meant = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            Argument argument = Argument.of(read.get(i));
            refuse(command, argument.name());
            if (!isFlag(command, argument.name())) {
                meant.add(argument.toString());
                continue;
            }
            boolean said = argument.value() == null && i + 1 < read.size() && isTruth(read.get(i + 1));
            String truth = said ? read.get(++i) : argument.value();
            if (truth != null && !isTruth(truth)) {
                throw new ParameterException(
                        command.commandLine(), argument.name() + " is a flag: give it alone, or with True or False");
            }
            if (truth == null || Boolean.parseBoolean(truth)) {
                meant.add(argument.name());
            }
        }
        arguments.addAll(meant.reversed());
        return false; // picocli goes on with what we changed
    }

    /** @param value null when there is none */
    private record Argument(String name, String value) {
        static Argument of(String text) {
            if (!text.startsWith("--")) {
                return new Argument(text, null);
            }
            int end = text.indexOf('=');
            return end < 0
                    ? new Argument(text.replace('_', '-'), null)
                    : new Argument(text.substring(0, end).replace('_', '-'), text.substring(end + 1));
        }

        @Override
        public String toString() {
            return value == null ? name : name + "=" + value;
        }
    }

    private static boolean isFlag(CommandSpec command, String name) {
        OptionSpec option = name.startsWith("--") ? command.findOption(name) : null;
        return option != null && option.arity().max() == 0;
    }

    private static boolean isTruth(String word) {
        return word.equalsIgnoreCase("true") || word.equalsIgnoreCase("false");
    }

    private static void refuse(CommandSpec command, String name) {
        REFUSED.forEach((beginning, reason) -> {
            if (name.startsWith(beginning) && !command.optionsMap().containsKey(name)) {
                throw new ParameterException(command.commandLine(), name + " cannot be honoured: " + reason);
            }
        });
    }
}
