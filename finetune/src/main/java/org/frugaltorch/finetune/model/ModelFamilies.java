package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.frugaltorch.finetune.model.bart.BartFamily;
import org.frugaltorch.finetune.model.bert.BertFamily;
import org.frugaltorch.finetune.model.llama.LlamaFamily;
import org.frugaltorch.finetune.model.opt.OptFamily;
import org.frugaltorch.finetune.model.vit.VitFamily;
import org.frugaltorch.io.DataException;

/** The families that can be loaded. */
public final class ModelFamilies {
    private static final Map<String, ModelFamily> BY_TYPE =
            Stream.<ModelFamily[]>of(BertFamily.values(), LlamaFamily.values(),
                    new ModelFamily[] {new BartFamily(), new OptFamily(), new VitFamily()})
            .flatMap(Stream::of)
            .collect(Collectors.toMap(ModelFamily::modelType, family -> family, (a, b) -> a, TreeMap::new));

    private ModelFamilies() {}

    /**
     * The family of a configuration.
     *
     * @throws DataException when its {@code model_type} is missing or unknown
     */
    public static ModelFamily of(JsonNode config) {
        String type = config.path("model_type").asText("");
        ModelFamily family = BY_TYPE.get(type);
        if (family == null) {
            throw new DataException("config.json names the model_type '" + type + "', which is not supported; supported are "
                    + String.join(", ", BY_TYPE.keySet()));
        }
        return family;
    }
}
