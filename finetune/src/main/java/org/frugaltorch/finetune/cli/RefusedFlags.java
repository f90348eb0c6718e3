package org.frugaltorch.finetune.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Flags of other libraries' GLUE script that cannot be honoured here: each is refused with the reason why. */
final class RefusedFlags {
    private static final String NO_DOWNLOADS = "nothing is downloaded from a hub here: give --data_dir with the files,"
            + " and a folder as --model_name_or_path";
    private static final Map<String, String> REASONS = reasons();

    private static Map<String, String> reasons() {
        Map<String, String> reasons = new LinkedHashMap<>();
        for (String flag : new String[] {"--dataset_name", "--dataset_config_name", "--model_revision", "--cache_dir",
            "--use_auth_token", "--token", "--push_to_hub", "--hub_model_id"}) {
            reasons.put(flag, NO_DOWNLOADS);
        }
        String half = "arithmetic in float16 is slow and loses gradients without loss scaling: use --bf16,"
                + " which keeps their range";
        reasons.put("--fp16", half);
        reasons.put("--fp16_full_eval", half);
        reasons.put("--config_name", "the configuration is that of the model folder; change its config.json");
        reasons.put("--save_total_limit", "the best model and the last checkpoint are kept, no more and no less");
        reasons.put("--deepspeed", "training runs in one process");
        reasons.put("--local_rank", "training runs in one process");
        reasons.put("--optim", "the optimiser is AdamW");
        reasons.put("--report_to", "runs are logged to log.jsonl in --output_dir");
        reasons.put("--label_smoothing_factor", "labels are learnt as they are");
        reasons.put("--trust_remote_code", "no code of a model is run here");
        return reasons;
    }

    private RefusedFlags() {}

    static void addTo(CommandSpec command) {
        REASONS.forEach((flag, reason) -> command.addOption(OptionSpec.builder(flag)
                .arity("0..1").fallbackValue("").type(String.class).hidden(true)
                .setter(new Refusal(command, flag, reason)).build()));
    }

    private record Refusal(CommandSpec command, String flag, String reason) implements ISetter {
        @Override
        public <T> T set(T value) {
            if (value != null) {
                throw new ParameterException(command.commandLine(), flag + " is not supported: " + reason);
            }
            return null;
        }
    }
}
