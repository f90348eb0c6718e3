package org.frugaltorch.finetune.lora;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What PEFT calls layers where it differs from their names in a model's files. PEFT takes names from models in memory,
 * and Transformers 5 calls the layers of ViT otherwise there. Adapters from before it have the names of the files.
 */
final class PeftNames {
    private static final Pattern OURS = Pattern.compile("^vit\\.encoder\\.layer\\.(\\d+)\\.(.+?)((?:\\.lora_[AB])?"
            + "(?:\\.base_layer)?(?:\\.weight|\\.bias)?)$");
    private static final Pattern THEIRS = Pattern.compile("^vit\\.layers\\.(\\d+)\\.(.+?)((?:\\.lora_[AB])?"
            + "(?:\\.base_layer)?(?:\\.weight|\\.bias)?)$");
    private static final Map<String, String> PARTS = Map.of(
            "attention.attention.query", "attention.q_proj",
            "attention.attention.key", "attention.k_proj",
            "attention.attention.value", "attention.v_proj",
            "attention.output.dense", "attention.o_proj",
            "intermediate.dense", "mlp.fc1",
            "output.dense", "mlp.fc2",
            "layernorm_before", "layer_norm1",
            "layernorm_after", "layer_norm2");
    private static final Map<String, String> BACK = back();

    private static Map<String, String> back() {
        Map<String, String> back = new LinkedHashMap<>();
        PARTS.forEach((ours, theirs) -> back.put(theirs, ours));
        return back;
    }

    private PeftNames() {}

    /** PEFT's name of a layer, or of a tensor of it, that has that name in a model's files. */
    static String theirs(String name) {
        return translated(name, OURS, PARTS, "vit.layers.");
    }

    /** The name in a model's files of what PEFT calls so. */
    static String ours(String name) {
        return translated(name, THEIRS, BACK, "vit.encoder.layer.");
    }

    /** Names of anything else stay as they are. */
    private static String translated(String name, Pattern pattern, Map<String, String> parts, String beginning) {
        Matcher matcher = pattern.matcher(name);
        return matcher.matches() && parts.containsKey(matcher.group(2))
                ? beginning + matcher.group(1) + "." + parts.get(matcher.group(2)) + matcher.group(3)
                : name;
    }
}
