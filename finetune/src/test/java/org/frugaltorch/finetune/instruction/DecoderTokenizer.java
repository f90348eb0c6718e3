package org.frugaltorch.finetune.instruction;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A tiny tokenizer of the kind decoders have: a token a character run, one token before every text and none after. */
public final class DecoderTokenizer {
    /** Words by their id. */
    public static final List<String> VOCABULARY = List.of("<unk>", "<s>", "</s>", "add", "one", "and", "two", "three",
            "say", "hello", ":", "#", "instruction", "input", "response", "four");

    private DecoderTokenizer() {}

    /** Writes {@code tokenizer.json} and {@code tokenizer_config.json}. */
    public static void write(Path directory) throws IOException {
        JsonMapper mapper = new JsonMapper();
        ObjectNode json = mapper.createObjectNode();
        json.put("version", "1.0").putNull("truncation").putNull("padding");
        for (int id = 0; id < 3; id++) {
            json.withArray("added_tokens").addObject().put("id", id).put("content", VOCABULARY.get(id))
                    .put("single_word", false).put("lstrip", false).put("rstrip", false).put("normalized", false)
                    .put("special", true);
        }
        json.putObject("normalizer").put("type", "Lowercase");
        json.putObject("pre_tokenizer").put("type", "Whitespace");
        ObjectNode processor = json.putObject("post_processor").put("type", "TemplateProcessing");
        processor.withArray("single").addObject().putObject("SpecialToken").put("id", "<s>").put("type_id", 0);
        processor.withArray("single").addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        processor.putArray("pair").addAll(processor.withArray("single"));
        ObjectNode start = processor.putObject("special_tokens").putObject("<s>").put("id", "<s>");
        start.putArray("ids").add(1);
        start.putArray("tokens").add("<s>");
        json.putNull("decoder");
        ObjectNode model = json.putObject("model").put("type", "WordLevel").put("unk_token", "<unk>");
        ObjectNode vocabulary = model.putObject("vocab");
        VOCABULARY.forEach(word -> vocabulary.put(word, vocabulary.size()));
        Files.writeString(directory.resolve("tokenizer.json"), mapper.writeValueAsString(json));
        Files.writeString(directory.resolve("tokenizer_config.json"),
                "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"pad_token\": \"<unk>\"}");
    }
}
