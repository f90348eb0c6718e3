package org.frugaltorch.finetune.data;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.frugaltorch.io.AtomicFiles;

/**
 * A vocabulary of byte sequences that common neighbours were merged into (byte-pair encoding, Sennrich et al., 2016,
 * over bytes as GPT-2 has it): every text has tokens, and comes back exactly.
 *
 * @param tokens by id, the three special ones first; bytes as GPT-2 writes them, see {@link ByteLetters}
 * @param merges in the order in which they are applied
 */
public record BytePairVocabulary(List<String> tokens, List<Merge> merges) {
    /** Fills short rows. */
    public static final String PAD = "<pad>";
    /** Begins every text. */
    public static final String BEGIN = "<s>";
    /** Ends a text. */
    public static final String END = "</s>";

    /** Tokens with a meaning of their own, by id. */
    static final List<String> SPECIAL = List.of(PAD, BEGIN, END);
    /** What is never merged across: words with the space before them, numbers, punctuation, other space. */
    static final String PIECES = " ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+";

    private static final JsonMapper JSON = new JsonMapper();

    /** Two tokens that stand side by side and become one. */
    public record Merge(String left, String right) {}

    public BytePairVocabulary {
        tokens = List.copyOf(tokens);
        merges = List.copyOf(merges);
    }

    /** Writes {@code tokenizer.json} and {@code tokenizer_config.json}, which Hugging Face's libraries read too. */
    public void write(Path directory) {
        AtomicFiles.writeString(directory.resolve("tokenizer.json"), json().toString());
        ObjectNode config = JSON.createObjectNode()
                .put("tokenizer_class", "PreTrainedTokenizerFast")
                .put("pad_token", PAD).put("bos_token", BEGIN).put("eos_token", END)
                .put("clean_up_tokenization_spaces", false);
        AtomicFiles.writeString(directory.resolve("tokenizer_config.json"), config.toPrettyString() + "\n");
    }

    private ObjectNode json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        for (String token : SPECIAL) {
            root.withArray("added_tokens").addObject().put("id", SPECIAL.indexOf(token)).put("content", token)
                    .put("single_word", false).put("lstrip", false).put("rstrip", false).put("normalized", false)
                    .put("special", true);
        }
        root.putNull("normalizer");
        ArrayNode steps = root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
        steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false)
                .putObject("pattern").put("Regex", PIECES);
        byteLevel(steps.addObject());
        beginEveryText(root.putObject("post_processor"));
        byteLevel(root.putObject("decoder"));
        ObjectNode model = root.putObject("model").put("type", "BPE").putNull("dropout").putNull("unk_token")
                .putNull("continuing_subword_prefix").putNull("end_of_word_suffix").put("fuse_unk", false)
                .put("byte_fallback", false);
        ObjectNode ids = model.putObject("vocab");
        tokens.forEach(token -> ids.put(token, ids.size()));
        ArrayNode pairs = model.putArray("merges");
        merges.forEach(merge -> pairs.add(merge.left + " " + merge.right)); // a space itself is written as a letter
        return root;
    }

    private static void byteLevel(ObjectNode step) {
        step.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", false);
    }

    private static void beginEveryText(ObjectNode processor) {
        processor.put("type", "TemplateProcessing");
        for (String form : List.of("single", "pair")) {
            ArrayNode template = processor.putArray(form);
            for (String sequence : form.equals("pair") ? List.of("A", "B") : List.of("A")) {
                if (sequence.equals("A")) {
                    template.addObject().putObject("SpecialToken").put("id", BEGIN).put("type_id", 0);
                }
                template.addObject().putObject("Sequence").put("id", sequence).put("type_id", 0);
            }
        }
        ObjectNode begin = processor.putObject("special_tokens").putObject(BEGIN).put("id", BEGIN);
        begin.putArray("ids").add(SPECIAL.indexOf(BEGIN));
        begin.putArray("tokens").add(BEGIN);
    }
}
