package org.frugaltorch.finetune.importer;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.frugaltorch.finetune.text.JsonFile;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.SafetensorsWriter;

/** Writes a BERT encoder in Hugging Face layout; all sizes are read off the weights themselves. */
final class BertDirectory {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern LAYER = Pattern.compile("encoder\\.layer\\.(\\d+)\\.");

    private final String architecture;
    private final String prefix;
    private final int headSize;
    private final Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();

    /**
     * @param architecture the class of the Hugging Face library that has exactly these weights, such as {@code BertModel}
     * @param prefix       what precedes the encoder's names, {@code bert.} or nothing
     * @param headSize     width of an attention head, which the weights do not tell
     */
    BertDirectory(String architecture, String prefix, int headSize) {
        this.architecture = architecture;
        this.prefix = prefix;
        this.headSize = headSize;
    }

    void add(SafetensorsWriter.Tensor tensor) {
        if (tensors.put(tensor.name(), tensor) != null) {
            throw new DataException("two weights would both be called " + tensor.name());
        }
    }

    /** How many numbers the weights hold. */
    long parameters() {
        return tensors.values().stream().mapToLong(BertDirectory::elements).sum();
    }

    private static long elements(SafetensorsWriter.Tensor tensor) {
        long elements = 1;
        for (long size : tensor.shape()) {
            elements *= size;
        }
        return elements;
    }

    /**
     * Writes weights and configuration into {@code directory}.
     *
     * @throws DataException if a weight of the architecture is missing or has the wrong shape
     */
    void write(Path directory) {
        ObjectNode config = config();
        AtomicFiles.writeString(directory.resolve("config.json"), config.toPrettyString() + "\n");
        SafetensorsWriter.write(directory.resolve(Checkpoint.SINGLE_FILE), List.copyOf(tensors.values()));
    }

    /** Writes {@code tokenizer.json} without the padding and truncation its maker left in, and the file that goes with it. */
    static void writeTokenizer(Path directory, String tokenizerJson, boolean lowercase) {
        ObjectNode tokenizer = JsonFile.parseObject(
                tokenizerJson.getBytes(StandardCharsets.UTF_8), "the tokenizer.json of the model");
        tokenizer.putNull("truncation");
        tokenizer.putNull("padding");
        AtomicFiles.writeString(directory.resolve("tokenizer.json"), tokenizer.toString());
        ObjectNode config = JSON.createObjectNode()
                .put("tokenizer_class", "BertTokenizer")
                .put("do_lower_case", lowercase)
                .put("model_max_length", 512)
                .put("pad_token", "[PAD]").put("unk_token", "[UNK]").put("cls_token", "[CLS]")
                .put("sep_token", "[SEP]").put("mask_token", "[MASK]")
                .put("tokenize_chinese_chars", true)
                .putNull("strip_accents");
        AtomicFiles.writeString(directory.resolve("tokenizer_config.json"), config.toPrettyString() + "\n");
    }

    private ObjectNode config() {
        long[] words = matrix("embeddings.word_embeddings.weight");
        long hidden = words[1];
        long layers = layers();
        for (long layer = 0; layer < layers; layer++) {
            checkLayer("encoder.layer." + layer + ".", hidden);
        }
        if (hidden % headSize != 0) {
            throw new DataException("a hidden size of " + hidden + " does not divide into heads of " + headSize);
        }
        ObjectNode config = JSON.createObjectNode();
        config.putArray("architectures").add(architecture);
        return config.put("model_type", "bert")
                .put("vocab_size", words[0])
                .put("hidden_size", hidden)
                .put("num_hidden_layers", layers)
                .put("num_attention_heads", hidden / headSize)
                .put("intermediate_size", matrix("encoder.layer.0.intermediate.dense.weight")[0])
                .put("hidden_act", "gelu")
                .put("hidden_dropout_prob", 0.1)
                .put("attention_probs_dropout_prob", 0.1)
                .put("max_position_embeddings", matrix("embeddings.position_embeddings.weight")[0])
                .put("type_vocab_size", matrix("embeddings.token_type_embeddings.weight")[0])
                .put("initializer_range", 0.02)
                .put("layer_norm_eps", 1e-12)
                .put("pad_token_id", 0)
                .put("position_embedding_type", "absolute")
                .put("use_cache", true)
                .putNull("classifier_dropout")
                .put("torch_dtype", "float32");
    }

    private long layers() {
        return 1 + tensors.keySet().stream().map(LAYER::matcher).filter(Matcher::find)
                .mapToLong(match -> Long.parseLong(match.group(1))).max().orElse(-1);
    }

    private void checkLayer(String layer, long hidden) {
        long inner = matrix(layer + "intermediate.dense.weight")[0];
        for (String part : List.of("attention.self.query", "attention.self.key", "attention.self.value",
                "attention.output.dense")) {
            check(layer + part, hidden, hidden);
        }
        check(layer + "intermediate.dense", inner, hidden);
        check(layer + "output.dense", hidden, inner);
    }

    private void check(String layer, long out, long in) {
        long[] weight = matrix(layer + ".weight");
        SafetensorsWriter.Tensor bias = tensors.get(prefix + layer + ".bias");
        if (weight[0] != out || weight[1] != in || bias == null || elements(bias) != out) {
            throw new DataException("the weight or bias of " + layer + " is not that of a layer from " + in + " to " + out);
        }
    }

    private long[] matrix(String name) {
        SafetensorsWriter.Tensor tensor = tensors.get(prefix + name);
        if (tensor == null || tensor.shape().length != 2) {
            throw new DataException("the matrix " + name + " is missing, so this is no complete BERT");
        }
        return tensor.shape();
    }
}
