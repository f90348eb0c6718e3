package org.frugaltorch.finetune.model.bert;

import static org.frugaltorch.finetune.model.ParameterNames.Part;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.frugaltorch.finetune.model.BlockLayout;
import org.frugaltorch.finetune.model.ConfigReader;
import org.frugaltorch.finetune.model.ModelFamily;
import org.frugaltorch.finetune.model.ParameterNames;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.nn.Activation;

/** BERT (Devlin et al., 2019) as Hugging Face publishes it, and the many encoders built like it: MiniLM, BGE, E5. */
public final class BertFamily implements ModelFamily {
    private static final ParameterNames NAMES = new ParameterNames("bert.", Map.ofEntries(
            Map.entry(Part.WORD_EMBEDDINGS, "embeddings.word_embeddings"),
            Map.entry(Part.POSITION_EMBEDDINGS, "embeddings.position_embeddings"),
            Map.entry(Part.TOKEN_TYPE_EMBEDDINGS, "embeddings.token_type_embeddings"),
            Map.entry(Part.EMBEDDING_NORM, "embeddings.LayerNorm"),
            Map.entry(Part.QUERY, "encoder.layer.{}.attention.self.query"),
            Map.entry(Part.KEY, "encoder.layer.{}.attention.self.key"),
            Map.entry(Part.VALUE, "encoder.layer.{}.attention.self.value"),
            Map.entry(Part.ATTENTION_OUTPUT, "encoder.layer.{}.attention.output.dense"),
            Map.entry(Part.ATTENTION_NORM, "encoder.layer.{}.attention.output.LayerNorm"),
            Map.entry(Part.FEED_FORWARD_UP, "encoder.layer.{}.intermediate.dense"),
            Map.entry(Part.FEED_FORWARD_DOWN, "encoder.layer.{}.output.dense"),
            Map.entry(Part.FEED_FORWARD_NORM, "encoder.layer.{}.output.LayerNorm"),
            Map.entry(Part.POOLER, "pooler.dense")));

    @Override
    public String modelType() {
        return "bert";
    }

    @Override
    public TransformerConfig config(JsonNode json) {
        ConfigReader reader = new ConfigReader(json);
        reader.refuseUnless("position_embedding_type", "absolute");
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
                reader.integer("intermediate_size"),
                reader.integer("max_position_embeddings"),
                reader.integer("type_vocab_size"),
                BlockLayout.POST_NORM_ENCODER,
                Activation.named(reader.text("hidden_act", "gelu")),
                reader.number("layer_norm_eps", 1e-12),
                reader.number("hidden_dropout_prob", 0.1),
                reader.number("attention_probs_dropout_prob", 0.1),
                reader.number("initializer_range", 0.02),
                reader.integer("pad_token_id", 0),
                null,
                reader.flag("tie_word_embeddings", true));
    }

    @Override
    public ParameterNames names() {
        return NAMES;
    }
}
