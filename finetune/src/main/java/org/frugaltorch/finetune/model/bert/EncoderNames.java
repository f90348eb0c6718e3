package org.frugaltorch.finetune.model.bert;

import java.util.EnumMap;
import java.util.Map;
import org.frugaltorch.finetune.model.ParameterNames;
import org.frugaltorch.finetune.model.ParameterNames.Part;

/** What BERT calls the parts of its blocks, and what others took over. */
final class EncoderNames {
    private static final Map<Part, String> NAMES = Map.ofEntries(
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
            Map.entry(Part.POOLER, "pooler.dense"));

    private EncoderNames() {}

    static ParameterNames under(String prefix) {
        return new ParameterNames(prefix, new EnumMap<>(NAMES));
    }
}
