package org.frugaltorch.finetune.model.bart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumMap;
import java.util.Map;
import org.frugaltorch.finetune.model.BlockLayout;
import org.frugaltorch.finetune.model.ClassifierHead;
import org.frugaltorch.finetune.model.ConfigReader;
import org.frugaltorch.finetune.model.InputLayout;
import org.frugaltorch.finetune.model.ModelFamily;
import org.frugaltorch.finetune.model.ParameterNames;
import org.frugaltorch.finetune.model.ParameterNames.Part;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.nn.Activation;

/** BART (Lewis et al., 2020): an encoder, and a decoder that looks at what it read. */
public final class BartFamily implements ModelFamily {
    /** The first token reads row 2 of the position tables. */
    private static final int POSITION_OFFSET = 2;

    private static final double USUAL_DROPOUT = 0.1;

    private final ParameterNames encoderNames = new ParameterNames("model.", names("encoder."));
    private final ParameterNames decoderNames;

    /** The family. */
    public BartFamily() {
        Map<Part, String> decoder = names("decoder.");
        decoder.put(Part.CROSS_QUERY, "decoder.layers.{}.encoder_attn.q_proj");
        decoder.put(Part.CROSS_KEY, "decoder.layers.{}.encoder_attn.k_proj");
        decoder.put(Part.CROSS_VALUE, "decoder.layers.{}.encoder_attn.v_proj");
        decoder.put(Part.CROSS_OUTPUT, "decoder.layers.{}.encoder_attn.out_proj");
        decoder.put(Part.CROSS_NORM, "decoder.layers.{}.encoder_attn_layer_norm");
        decoderNames = new ParameterNames("model.", decoder);
    }

    private static Map<Part, String> names(String stack) {
        return new EnumMap<>(Map.ofEntries(
                Map.entry(Part.WORD_EMBEDDINGS, "shared"),
                Map.entry(Part.POSITION_EMBEDDINGS, stack + "embed_positions"),
                Map.entry(Part.EMBEDDING_NORM, stack + "layernorm_embedding"),
                Map.entry(Part.QUERY, stack + "layers.{}.self_attn.q_proj"),
                Map.entry(Part.KEY, stack + "layers.{}.self_attn.k_proj"),
                Map.entry(Part.VALUE, stack + "layers.{}.self_attn.v_proj"),
                Map.entry(Part.ATTENTION_OUTPUT, stack + "layers.{}.self_attn.out_proj"),
                Map.entry(Part.ATTENTION_NORM, stack + "layers.{}.self_attn_layer_norm"),
                Map.entry(Part.FEED_FORWARD_UP, stack + "layers.{}.fc1"),
                Map.entry(Part.FEED_FORWARD_DOWN, stack + "layers.{}.fc2"),
                Map.entry(Part.FEED_FORWARD_NORM, stack + "layers.{}.final_layer_norm")));
    }

    @Override
    public String modelType() {
        return "bart";
    }

    /** The decoder's configuration, the encoder's inside it. */
    @Override
    public TransformerConfig config(JsonNode json) {
        ConfigReader reader = new ConfigReader(json);
        reader.refuseUnlessZero("encoder_layerdrop");
        reader.refuseUnlessZero("decoder_layerdrop");
        reader.refuseUnless("normalize_before", "false");
        reader.refuseUnless("add_final_layer_norm", "false");
        reader.refuseUnless("normalize_embedding", "true");
        reader.refuseUnless("static_position_embeddings", "false");
        TransformerConfig encoder = config(reader, "encoder_", BlockLayout.POST_NORM_ENCODER, null);
        return config(reader, "decoder_", BlockLayout.POST_NORM_DECODER, encoder);
    }

    private TransformerConfig config(ConfigReader reader, String stack, BlockLayout layout, TransformerConfig encoder) {
        int hiddenSize = reader.integer("d_model");
        int heads = reader.integer(stack + "attention_heads");
        reader.requireMultiple("d_model", hiddenSize, stack + "attention_heads", heads);
        double scale = reader.flag("scale_embedding", false) ? Math.sqrt(hiddenSize) : 1;
        return new TransformerConfig(
                modelType(),
                reader.integer("vocab_size"),
                hiddenSize,
                reader.integer(stack + "layers"),
                heads,
                heads,
                hiddenSize / heads,
                reader.integer(stack + "ffn_dim"),
                reader.integer("max_position_embeddings"),
                0,
                layout,
                Activation.named(reader.text("activation_function", "gelu")),
                1e-5,
                reader.number("dropout", USUAL_DROPOUT),
                reader.number("attention_dropout", 0),
                reader.number("init_std", 0.02),
                reader.integer("pad_token_id", 1),
                null,
                reader.flag("tie_word_embeddings", true),
                new InputLayout(POSITION_OFFSET, hiddenSize, scale, true, null),
                reader.number("activation_dropout", 0),
                encoder);
    }

    @Override
    public ParameterNames names() {
        return decoderNames;
    }

    @Override
    public ParameterNames encoderNames() {
        return encoderNames;
    }

    @Override
    public String fullName(String name) {
        return decoderNames.full(encoderNames.full(name));
    }

    /** The decoder reads the text too, and its state behind the last token, the end of the text, is classified. */
    @Override
    public ClassifierHead head(JsonNode json) {
        ConfigReader reader = new ConfigReader(json);
        double dropout = reader.number("classifier_dropout", reader.number("classif_dropout", 0));
        return new ClassifierHead(new ClassifierHead.Dense("classification_head.dense", false),
                "classification_head.out_proj", true, dropout, Pooling.LAST, "BartForSequenceClassification");
    }
}
