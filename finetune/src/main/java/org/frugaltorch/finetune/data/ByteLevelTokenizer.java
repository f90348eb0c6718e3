package org.frugaltorch.finetune.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.frugaltorch.finetune.text.JsonFile;
import org.frugaltorch.io.DataException;

/**
 * Byte-level pair encoding as a {@code tokenizer.json}, made from the {@code vocab.json} and {@code merges.txt} of older
 * checkpoints of RoBERTa, BART, OPT and GPT-2.
 */
final class ByteLevelTokenizer {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";
    private static final Set<String> FRAMED = Set.of("roberta", "bart");

    private final Path directory;
    private final JsonNode settings;
    private final Map<String, Integer> ids = new LinkedHashMap<>();

    private ByteLevelTokenizer(Path directory) {
        this.directory = directory;
        this.settings = readIfThere("tokenizer_config.json");
    }

    /** Whether a model directory has both files. */
    static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(VOCABULARY)) && Files.exists(directory.resolve(MERGES));
    }

    /**
     * The JSON of the tokenizer in a model directory.
     *
     * @throws DataException if a file is malformed or a special token is missing
     */
    static String toJson(Path directory) throws IOException {
        return new ByteLevelTokenizer(directory).json().toString();
    }

    private ObjectNode json() throws IOException {
        JsonNode vocabulary = vocabulary();
        boolean framed = FRAMED.contains(readIfThere("config.json").path("model_type").asText())
                || FRAMED.stream().anyMatch(this::isTokenizerOf);
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        addSpecial(root.putArray("added_tokens"), framed);
        root.putNull("normalizer");
        boolean prefixSpace = settings.path("add_prefix_space").asBoolean(false);
        addByteLevel(root.putObject("pre_tokenizer"), prefixSpace);
        ObjectNode processor = root.putObject("post_processor");
        if (framed) {
            addFrame(processor, prefixSpace);
        } else if (settings.path("add_bos_token").asBoolean(false)) {
            addStart(processor, part("bos_token", "</s>"));
        } else {
            addByteLevel(processor, prefixSpace);
        }
        addByteLevel(root.putObject("decoder"), true);
        ObjectNode model = root.putObject("model").put("type", "BPE").put("continuing_subword_prefix", "")
                .put("end_of_word_suffix", "").put("fuse_unk", false);
        model.set("vocab", vocabulary);
        model.set("merges", merges());
        return root;
    }

    private boolean isTokenizerOf(String family) {
        return settings.path("tokenizer_class").asText().toLowerCase(Locale.ROOT).startsWith(family);
    }

    private JsonNode vocabulary() throws IOException {
        Path file = directory.resolve(VOCABULARY);
        JsonNode vocabulary = JsonFile.read(file);
        vocabulary.properties().forEach(entry -> {
            if (!entry.getValue().isIntegralNumber() || !entry.getValue().canConvertToInt()) {
                throw new DataException(file + ": the token '" + entry.getKey() + "' has the number " + entry.getValue()
                        + ", which is no whole one");
            }
            ids.put(entry.getKey(), entry.getValue().intValue());
        });
        if (ids.isEmpty()) {
            throw new DataException(file + " holds no tokens; it must be an object of tokens and their numbers");
        }
        return vocabulary;
    }

    private ArrayNode merges() throws IOException {
        Path file = directory.resolve(MERGES);
        ArrayNode merges = JSON.createArrayNode();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("#version") || line.isEmpty()) {
                continue;
            }
            if (line.split(" ", -1).length != 2) {
                throw new DataException(file + ", line " + (i + 1) + ": a merge is two tokens with a space between them");
            }
            merges.add(line);
        }
        return merges;
    }

    // ---- special tokens -----------------------------------------------------------------------------------------------

    private void addSpecial(ArrayNode added, boolean framed) {
        Set<String> special = new LinkedHashSet<>();
        if (framed) {
            special.addAll(List.of(part("bos_token", "<s>"), part("pad_token", "<pad>"), part("eos_token", "</s>"),
                    part("unk_token", "<unk>"), part("mask_token", "<mask>")));
        } else {
            for (String part : List.of("bos_token", "pad_token", "eos_token", "unk_token")) {
                special.add(part(part, part.equals("pad_token") ? "<pad>" : "</s>"));
            }
        }
        String mask = part("mask_token", "<mask>");
        for (String token : special) {
            if (ids.containsKey(token)) {
                // What stands for a hidden word takes the space before it along.
                added.addObject().put("id", ids.get(token)).put("content", token).put("single_word", false)
                        .put("lstrip", framed && token.equals(mask)).put("rstrip", false).put("normalized", false)
                        .put("special", true);
            }
        }
    }

    private String part(String name, String usual) {
        JsonNode named = settings.path(name);
        String token = named.isObject() ? named.path("content").asText() : named.asText();
        return token.isEmpty() ? usual : token;
    }

    private int id(String token) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new DataException(directory.resolve(VOCABULARY) + " lacks the token " + token
                    + ", which every text begins or ends with");
        }
        return id;
    }

    // ---- what stands around texts -------------------------------------------------------------------------------------

    private static void addByteLevel(ObjectNode node, boolean prefixSpace) {
        node.put("type", "ByteLevel").put("add_prefix_space", prefixSpace).put("trim_offsets", true)
                .put("use_regex", true);
    }

    /** {@code <s> A </s>}, a pair {@code <s> A </s> </s> B </s>}; all of one type. */
    private void addFrame(ObjectNode processor, boolean prefixSpace) {
        String start = part("bos_token", "<s>");
        String end = part("eos_token", "</s>");
        processor.put("type", "RobertaProcessing").put("trim_offsets", true).put("add_prefix_space", prefixSpace);
        processor.putArray("sep").add(end).add(id(end));
        processor.putArray("cls").add(start).add(id(start));
    }

    /** {@code </s> A}, a pair {@code </s> A </s> B}. */
    private void addStart(ObjectNode processor, String start) {
        processor.put("type", "TemplateProcessing");
        ArrayNode single = processor.putArray("single");
        ArrayNode pair = processor.putArray("pair");
        List.of(single, pair).forEach(template -> {
            template.addObject().putObject("SpecialToken").put("id", start).put("type_id", 0);
            template.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        });
        pair.addObject().putObject("SpecialToken").put("id", start).put("type_id", 0);
        pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 0);
        ObjectNode special = processor.putObject("special_tokens").putObject(start).put("id", start);
        special.putArray("ids").add(id(start));
        special.putArray("tokens").add(start);
    }

    // ---- files --------------------------------------------------------------------------------------------------------

    private JsonNode readIfThere(String name) {
        return JsonFile.readIfThere(directory.resolve(name));
    }
}
