package org.frugaltorch.finetune.pretraining;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.ModelFamilies;
import org.frugaltorch.finetune.model.ModelFamily;
import org.frugaltorch.finetune.text.JsonFile;
import org.frugaltorch.io.DataException;

/**
 * The configuration of a model that has no weights yet.
 *
 * @param json as in {@code config.json}; what depends on the tokenizer may be missing
 * @param source where it is from, for messages
 */
public record ModelShape(ObjectNode json, String source) {
    /** Shapes that can be named instead of a file. */
    public static final List<String> PRESETS = List.of("tiny-llama");

    private static final String VOCABULARY = "vocab_size";

    /**
     * Reads a file, or the preset of that name if there is no such file.
     *
     * @throws DataException if there is neither, or the file is no JSON object
     */
    public static ModelShape named(String nameOrFile) {
        Path file = Path.of(nameOrFile);
        if (PRESETS.contains(nameOrFile) && !Files.exists(file)) {
            return preset(nameOrFile);
        }
        if (!Files.isReadable(file)) {
            throw new DataException("cannot read the configuration " + nameOrFile
                    + "; name a config.json or one of the shapes " + String.join(", ", PRESETS));
        }
        return new ModelShape(JsonFile.readObject(file), nameOrFile);
    }

    private static ModelShape preset(String name) {
        try (InputStream content = ModelShape.class.getResourceAsStream(name + ".json")) {
            return new ModelShape(JsonFile.parseObject(content.readAllBytes(), name), name);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /**
     * How many tokens a vocabulary made for this shape has.
     *
     * @throws DataException if the configuration does not say
     */
    public int vocabularySize() {
        int size = json.path(VOCABULARY).asInt();
        if (size < 1) {
            throw new DataException(source + " has no vocab_size; add it, or name a tokenizer to take it from");
        }
        return size;
    }

    /**
     * The model for a tokenizer: as many words at least as that has, and its special tokens.
     *
     * @param directory of the tokenizer, whose files a saved model gets
     * @throws DataException if the configuration is not usable
     */
    public ModelDirectory with(Path directory, Tokenizer tokenizer) {
        ObjectNode completed = json.deepCopy();
        completed.put(VOCABULARY, Math.max(json.path(VOCABULARY).asInt(), tokenizer.vocabularySize()));
        int[] opening = tokenizer.opening();
        set(completed, "bos_token_id", opening.length == 0 ? OptionalInt.empty() : OptionalInt.of(opening[0]));
        set(completed, "eos_token_id", endOf(tokenizer));
        set(completed, "pad_token_id", OptionalInt.of(tokenizer.padId()));
        ModelFamily family = ModelFamilies.of(completed);
        return new ModelDirectory(directory, completed, family, family.config(completed));
    }

    private static void set(ObjectNode json, String field, OptionalInt value) {
        if (value.isPresent()) {
            json.put(field, value.getAsInt());
        } else {
            json.remove(field); // that of another tokenizer would be wrong
        }
    }

    /** The token that ends a text: the one made for it, or the one that the tokenizer puts after every text. */
    static OptionalInt endOf(Tokenizer tokenizer) {
        if (tokenizer.eosId().isPresent()) {
            return tokenizer.eosId();
        }
        int[] ids = tokenizer.encode("a", null, new MaxLength(Integer.MAX_VALUE, false)).ids();
        int last = ids.length - 1;
        return last >= 0 && tokenizer.isSpecial(ids[last]) ? OptionalInt.of(ids[last]) : OptionalInt.empty();
    }
}
