package org.frugaltorch.finetune.model.opt;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.frugaltorch.finetune.model.BlockLayout;
import org.frugaltorch.finetune.model.BlockLayout.NormKind;
import org.frugaltorch.finetune.model.ClassifierHead;
import org.frugaltorch.finetune.model.ConfigReader;
import org.frugaltorch.finetune.model.InputLayout;
import org.frugaltorch.finetune.model.ModelFamily;
import org.frugaltorch.finetune.model.ParameterNames;
import org.frugaltorch.finetune.model.ParameterNames.Part;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.nn.Activation;

/**
 * OPT (Zhang et al., 2022). Its models have their norms before attention and feed-forward network, except the one of
 * 350 million parameters, whose words are also narrower than its states.
 */
public final class OptFamily implements ModelFamily {
    /** The first token reads row 2 of the position table. */
    private static final int POSITION_OFFSET = 2;

    private static final ParameterNames NAMES = new ParameterNames("model.", Map.ofEntries(
            Map.entry(Part.WORD_EMBEDDINGS, "decoder.embed_tokens"),
            Map.entry(Part.INPUT_PROJECTION, "decoder.project_in"),
            Map.entry(Part.POSITION_EMBEDDINGS, "decoder.embed_positions"),
            Map.entry(Part.QUERY, "decoder.layers.{}.self_attn.q_proj"),
            Map.entry(Part.KEY, "decoder.layers.{}.self_attn.k_proj"),
            Map.entry(Part.VALUE, "decoder.layers.{}.self_attn.v_proj"),
            Map.entry(Part.ATTENTION_OUTPUT, "decoder.layers.{}.self_attn.out_proj"),
            Map.entry(Part.ATTENTION_NORM, "decoder.layers.{}.self_attn_layer_norm"),
            Map.entry(Part.FEED_FORWARD_UP, "decoder.layers.{}.fc1"),
            Map.entry(Part.FEED_FORWARD_DOWN, "decoder.layers.{}.fc2"),
            Map.entry(Part.FEED_FORWARD_NORM, "decoder.layers.{}.final_layer_norm"),
            Map.entry(Part.FINAL_NORM, "decoder.final_layer_norm"),
            Map.entry(Part.OUTPUT_PROJECTION, "decoder.project_out")));

    @Override
    public String modelType() {
        return "opt";
    }

    @Override
    public TransformerConfig config(JsonNode json) {
        ConfigReader reader = new ConfigReader(json);
        reader.refuseUnless("layer_norm_elementwise_affine", "true");
        reader.refuseUnless("_remove_final_layer_norm", "false");
        reader.refuseUnlessZero("layerdrop");
        int hiddenSize = reader.integer("hidden_size");
        int heads = reader.integer("num_attention_heads");
        reader.requireMultiple("hidden_size", hiddenSize, "num_attention_heads", heads);
        return new TransformerConfig(
                modelType(),
                reader.integer("vocab_size"),
                hiddenSize,
                reader.integer("num_hidden_layers"),
                heads,
                heads,
                hiddenSize / heads,
                reader.integer("ffn_dim"),
                reader.integer("max_position_embeddings"),
                0,
                new BlockLayout(reader.flag("do_layer_norm_before", true), true, 0, NormKind.LAYER, biased(reader)),
                Activation.named(reader.text("activation_function", "relu")),
                1e-5,
                reader.number("dropout", 0.1),
                reader.number("attention_dropout", 0),
                reader.number("init_std", 0.02),
                reader.integer("pad_token_id", 1),
                null,
                reader.flag("tie_word_embeddings", true),
                new InputLayout(POSITION_OFFSET, reader.integer("word_embed_proj_dim", hiddenSize), 1, false, null),
                0,
                null);
    }

    private static Set<Part> biased(ConfigReader reader) {
        return reader.flag("enable_bias", true)
                ? EnumSet.complementOf(EnumSet.of(Part.INPUT_PROJECTION, Part.OUTPUT_PROJECTION))
                : EnumSet.noneOf(Part.class);
    }

    @Override
    public ParameterNames names() {
        return NAMES;
    }

    @Override
    public ClassifierHead head(JsonNode json) {
        return ClassifierHead.plain("score", false, Pooling.LAST, "OPTForSequenceClassification");
    }
}
