package org.frugaltorch.finetune.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Reads command lines written for Python scripts: options with underscores mean those with dashes, and options of
 * theirs that cannot be honoured here are refused with the reason, so that nothing is silently left out.
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
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith("--")) {
                int end = argument.indexOf('=') < 0 ? argument.length() : argument.indexOf('=');
                String name = argument.substring(0, end).replace('_', '-');
                refuse(command, name);
                arguments.set(i, name + argument.substring(end));
            }
        }
        return false; // picocli goes on with what we changed
    }

    private static void refuse(CommandSpec command, String name) {
        REFUSED.forEach((beginning, reason) -> {
            if (name.startsWith(beginning) && !command.optionsMap().containsKey(name)) {
                throw new ParameterException(command.commandLine(), name + " cannot be honoured: " + reason);
            }
        });
    }
}
