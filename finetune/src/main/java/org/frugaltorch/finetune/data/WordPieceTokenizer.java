package org.frugaltorch.finetune.data;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.io.DataException;

/** BERT's WordPiece tokenizer as a {@code tokenizer.json}, made from the {@code vocab.txt} of older checkpoints. */
public final class WordPieceTokenizer {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

    private WordPieceTokenizer() {
    }

    /** Reads a {@code vocab.txt}: one token a line, its id is the line number from 0. */
    public static List<String> readVocabulary(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
    }

    /**
     * The JSON of a tokenizer that splits as BERT does.
     *
     * @param source     where the vocabulary is from, for messages
     * @param vocabulary tokens in the order of their ids
     * @param lowercase  whether text is lower-cased and stripped of accents first ("uncased")
     * @throws DataException if a token occurs twice or one of BERT's special tokens is missing
     */
    public static String toJson(Path source, List<String> vocabulary, boolean lowercase) {
        Map<String, Integer> ids = index(source, vocabulary);
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        SPECIAL.forEach(token -> added.addObject()
                .put("id", ids.get(token)).put("content", token)
                .put("single_word", false).put("lstrip", false).put("rstrip", false)
                .put("normalized", false).put("special", true));
        root.putObject("normalizer").put("type", "BertNormalizer").put("clean_text", true)
                .put("handle_chinese_chars", true).putNull("strip_accents").put("lowercase", lowercase);
        root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        addPostProcessor(root.putObject("post_processor"), ids);
        root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
        ObjectNode model = root.putObject("model").put("type", "WordPiece").put("unk_token", "[UNK]")
                .put("continuing_subword_prefix", "##").put("max_input_chars_per_word", 100);
        ObjectNode vocab = model.putObject("vocab");
        for (int id = 0; id < vocabulary.size(); id++) {
            vocab.put(vocabulary.get(id), id);
        }
        return root.toString();
    }

    private static Map<String, Integer> index(Path source, List<String> vocabulary) {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            Integer before = ids.put(vocabulary.get(id), id);
            if (before != null) {
                throw new DataException(source + " has the token '" + vocabulary.get(id) + "' on line " + (before + 1)
                        + " and again on line " + (id + 1));
            }
        }
        for (String token : SPECIAL) {
            if (!ids.containsKey(token)) {
                throw new DataException(source + " is no BERT vocabulary: the token " + token + " is missing");
            }
        }
        return ids;
    }

    /** One text becomes [CLS] A [SEP]; a pair [CLS] A [SEP] B [SEP], its second part of type 1. */
    private static void addPostProcessor(ObjectNode processor, Map<String, Integer> ids) {
        processor.put("type", "TemplateProcessing");
        ArrayNode single = processor.putArray("single");
        addPiece(single, "SpecialToken", "[CLS]", 0);
        addPiece(single, "Sequence", "A", 0);
        addPiece(single, "SpecialToken", "[SEP]", 0);
        ArrayNode pair = processor.putArray("pair");
        addPiece(pair, "SpecialToken", "[CLS]", 0);
        addPiece(pair, "Sequence", "A", 0);
        addPiece(pair, "SpecialToken", "[SEP]", 0);
        addPiece(pair, "Sequence", "B", 1);
        addPiece(pair, "SpecialToken", "[SEP]", 1);
        ObjectNode special = processor.putObject("special_tokens");
        for (String token : List.of("[CLS]", "[SEP]")) {
            ObjectNode entry = special.putObject(token).put("id", token);
            entry.putArray("ids").add(ids.get(token));
            entry.putArray("tokens").add(token);
        }
    }

    private static void addPiece(ArrayNode template, String kind, String id, int type) {
        template.addObject().putObject(kind).put("id", id).put("type_id", type);
    }
}
