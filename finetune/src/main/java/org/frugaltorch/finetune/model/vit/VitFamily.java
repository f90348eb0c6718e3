package org.frugaltorch.finetune.model.vit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.frugaltorch.finetune.model.BlockLayout;
import org.frugaltorch.finetune.model.BlockLayout.NormKind;
import org.frugaltorch.finetune.model.ClassifierHead;
import org.frugaltorch.finetune.model.ConfigReader;
import org.frugaltorch.finetune.model.ImageLayout;
import org.frugaltorch.finetune.model.InputLayout;
import org.frugaltorch.finetune.model.ModelFamily;
import org.frugaltorch.finetune.model.ParameterNames;
import org.frugaltorch.finetune.model.ParameterNames.Part;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.nn.Activation;

/** ViT (Dosovitskiy et al., 2021): an encoder of images cut into patches. */
public final class VitFamily implements ModelFamily {
    private static final ParameterNames NAMES = new ParameterNames("vit.", Map.ofEntries(
            Map.entry(Part.CLASS_TOKEN, "embeddings.cls_token"),
            Map.entry(Part.PATCH_PROJECTION, "embeddings.patch_embeddings.projection"),
            Map.entry(Part.POSITION_EMBEDDINGS, "embeddings.position_embeddings"),
            Map.entry(Part.QUERY, "encoder.layer.{}.attention.attention.query"),
            Map.entry(Part.KEY, "encoder.layer.{}.attention.attention.key"),
            Map.entry(Part.VALUE, "encoder.layer.{}.attention.attention.value"),
            Map.entry(Part.ATTENTION_OUTPUT, "encoder.layer.{}.attention.output.dense"),
            Map.entry(Part.ATTENTION_NORM, "encoder.layer.{}.layernorm_before"),
            Map.entry(Part.FEED_FORWARD_UP, "encoder.layer.{}.intermediate.dense"),
            Map.entry(Part.FEED_FORWARD_DOWN, "encoder.layer.{}.output.dense"),
            Map.entry(Part.FEED_FORWARD_NORM, "encoder.layer.{}.layernorm_after"),
            Map.entry(Part.FINAL_NORM, "layernorm")));

    @Override
    public String modelType() {
        return "vit";
    }

    @Override
    public TransformerConfig config(JsonNode json) {
        ConfigReader reader = new ConfigReader(json);
        int hiddenSize = reader.integer("hidden_size");
        int heads = reader.integer("num_attention_heads");
        reader.requireMultiple("hidden_size", hiddenSize, "num_attention_heads", heads);
        int side = reader.integer("image_size", 224);
        ImageLayout image =
                new ImageLayout(side, side, reader.integer("patch_size", 16), reader.integer("num_channels", 3));
        return new TransformerConfig(
                modelType(),
                0,
                hiddenSize,
                reader.integer("num_hidden_layers"),
                heads,
                heads,
                hiddenSize / heads,
                reader.integer("intermediate_size"),
                1 + image.patches(),
                0,
                new BlockLayout(true, false, 0, NormKind.LAYER, biased(reader)),
                Activation.named(reader.text("hidden_act", "gelu")),
                reader.number("layer_norm_eps", 1e-12),
                reader.number("hidden_dropout_prob", 0),
                reader.number("attention_probs_dropout_prob", 0),
                reader.number("initializer_range", 0.02),
                0,
                null,
                false,
                InputLayout.patches(hiddenSize, image),
                0,
                null);
    }

    private static Set<Part> biased(ConfigReader reader) {
        return reader.flag("qkv_bias", true)
                ? EnumSet.allOf(Part.class)
                : EnumSet.complementOf(EnumSet.of(Part.QUERY, Part.KEY, Part.VALUE));
    }

    @Override
    public ParameterNames names() {
        return NAMES;
    }

    @Override
    public ClassifierHead head(JsonNode json) {
        return ClassifierHead.plain("classifier", true, Pooling.CLS, "ViTForImageClassification");
    }
}
