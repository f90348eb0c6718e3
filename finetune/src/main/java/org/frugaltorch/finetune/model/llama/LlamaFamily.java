package org.frugaltorch.finetune.model.llama;

import static org.frugaltorch.finetune.model.ParameterNames.Part;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.frugaltorch.finetune.model.BlockLayout;
import org.frugaltorch.finetune.model.ClassifierHead;
import org.frugaltorch.finetune.model.ConfigReader;
import org.frugaltorch.finetune.model.ModelFamily;
import org.frugaltorch.finetune.model.ParameterNames;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.io.DataException;
import org.frugaltorch.nn.Activation;

/** Llama (Touvron et al., 2023) and the decoders that differ from it in a bias, a norm or a window. */
public enum LlamaFamily implements ModelFamily {
    /** Llama 1, 2 and 3. */
    LLAMA {
        @Override
        Set<Part> biased(ConfigReader reader) {
            Set<Part> biased = attentionBias(reader);
            if (reader.flag("mlp_bias", false)) {
                biased.addAll(FEED_FORWARD);
            }
            return biased;
        }
    },
    /** Mistral: a token sees a window of those before it. */
    MISTRAL {
        @Override
        int window(ConfigReader reader) {
            return reader.json().has("sliding_window") ? reader.integer("sliding_window", 0) : MISTRAL_WINDOW;
        }
    },
    /** Qwen 2 and 2.5: queries, keys and values have biases. */
    QWEN2 {
        @Override
        Set<Part> biased(ConfigReader reader) {
            return EnumSet.of(Part.QUERY, Part.KEY, Part.VALUE);
        }
    },
    /** Qwen 3: queries and keys are normed head by head. */
    QWEN3 {
        @Override
        Set<Part> biased(ConfigReader reader) {
            return attentionBias(reader);
        }

        @Override
        int headSize(ConfigReader reader) {
            return reader.integer("head_dim", QWEN3_HEAD_SIZE);
        }

        @Override
        Map<Part, String> normNames() {
            return Map.of(Part.QUERY_NORM, "layers.{}.self_attn.q_norm", Part.KEY_NORM, "layers.{}.self_attn.k_norm");
        }
    };

    private static final int MISTRAL_WINDOW = 4096;
    private static final int QWEN3_HEAD_SIZE = 128;
    private static final Set<Part> FEED_FORWARD =
            EnumSet.of(Part.FEED_FORWARD_GATE, Part.FEED_FORWARD_UP, Part.FEED_FORWARD_DOWN);

    Set<Part> biased(ConfigReader reader) {
        return EnumSet.noneOf(Part.class);
    }

    /** Tokens that a token sees; 0 for all before it. */
    int window(ConfigReader reader) {
        if (reader.flag("use_sliding_window", false)) {
            throw new DataException("config.json: use_sliding_window in some of the layers is not supported for "
                    + modelType() + "; set it to false to let every token see all before it");
        }
        return 0;
    }

    int headSize(ConfigReader reader) {
        int hiddenSize = reader.integer("hidden_size");
        int heads = reader.integer("num_attention_heads");
        int headSize = reader.integer("head_dim", 0);
        if (headSize == 0) {
            reader.requireMultiple("hidden_size", hiddenSize, "num_attention_heads", heads);
        }
        return headSize == 0 ? hiddenSize / heads : headSize;
    }

    Map<Part, String> normNames() {
        return Map.of();
    }

    private static Set<Part> attentionBias(ConfigReader reader) {
        return reader.flag("attention_bias", false)
                ? EnumSet.of(Part.QUERY, Part.KEY, Part.VALUE, Part.ATTENTION_OUTPUT)
                : EnumSet.noneOf(Part.class);
    }

    @Override
    public String modelType() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public TransformerConfig config(JsonNode json) {
        ConfigReader reader = new ConfigReader(json);
        int heads = reader.integer("num_attention_heads");
        int headSize = headSize(reader);
        int maxPositions = reader.integer("max_position_embeddings");
        return new TransformerConfig(
                modelType(),
                reader.integer("vocab_size"),
                reader.integer("hidden_size"),
                reader.integer("num_hidden_layers"),
                heads,
                reader.integer("num_key_value_heads", heads),
                headSize,
                reader.integer("intermediate_size"),
                maxPositions,
                0,
                BlockLayout.preNormDecoder(window(reader), biased(reader)),
                Activation.named(reader.text("hidden_act", "silu")),
                reader.number("rms_norm_eps", 1e-6),
                0,
                reader.number("attention_dropout", 0),
                reader.number("initializer_range", 0.02),
                reader.integer("pad_token_id", 0),
                RotaryReader.read(reader, headSize, maxPositions),
                reader.flag("tie_word_embeddings", false));
    }

    /** Weights are unbiased; the last token has seen all others. */
    @Override
    public ClassifierHead head(JsonNode json) {
        String name = modelType().substring(0, 1).toUpperCase(Locale.ROOT) + modelType().substring(1);
        return ClassifierHead.plain("score", false, Pooling.LAST, name + "ForSequenceClassification");
    }

    @Override
    public ParameterNames names() {
        Map<Part, String> names = new EnumMap<>(Map.ofEntries(
                Map.entry(Part.WORD_EMBEDDINGS, "embed_tokens"),
                Map.entry(Part.QUERY, "layers.{}.self_attn.q_proj"),
                Map.entry(Part.KEY, "layers.{}.self_attn.k_proj"),
                Map.entry(Part.VALUE, "layers.{}.self_attn.v_proj"),
                Map.entry(Part.ATTENTION_OUTPUT, "layers.{}.self_attn.o_proj"),
                Map.entry(Part.ATTENTION_NORM, "layers.{}.input_layernorm"),
                Map.entry(Part.FEED_FORWARD_GATE, "layers.{}.mlp.gate_proj"),
                Map.entry(Part.FEED_FORWARD_UP, "layers.{}.mlp.up_proj"),
                Map.entry(Part.FEED_FORWARD_DOWN, "layers.{}.mlp.down_proj"),
                Map.entry(Part.FEED_FORWARD_NORM, "layers.{}.post_attention_layernorm"),
                Map.entry(Part.FINAL_NORM, "norm")));
        names.putAll(normNames());
        return new ParameterNames("model.", names);
    }
}
