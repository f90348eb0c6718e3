package org.frugaltorch.finetune.data;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.util.PairList;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.frugaltorch.io.DataException;

/**
 * The tokenizer of a model directory: its {@code tokenizer.json}, or from an older model's files WordPiece
 * ({@code vocab.txt}) or byte-level pair encoding ({@code vocab.json} and {@code merges.txt}).
 * Padding and truncation settings in the file are ignored: what is asked for here counts. Any thread may use it.
 */
public final class Tokenizer implements AutoCloseable {
    private static final int CHUNK = 512; // examples handed to native code at a time
    private static final int UNLIMITED = 0;

    static {
        // Otherwise the library looks for a GPU and tries a download, and reports its use.
        setDefault("RUST_FLAVOR", "cpu");
        setDefault("OPT_OUT_TRACKING", "true");
        setDefault("ai.djl.offline", "true");
    }

    private final Path source;
    private final byte[] json;
    private final SpecialTokens special;
    /** One native tokenizer by truncation length, as the length is part of its state. */
    private final Map<Integer, HuggingFaceTokenizer> natives = new ConcurrentHashMap<>();

    private Tokenizer(Path source, byte[] json, SpecialTokens special) {
        this.source = source;
        this.json = json;
        this.special = special;
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * Opens the tokenizer in a model {@code directory}.
     *
     * @throws DataException if there is none or it is damaged
     */
    public static Tokenizer open(Path directory) {
        Path file = directory.resolve("tokenizer.json");
        Path vocabulary = directory.resolve("vocab.txt");
        byte[] json;
        try {
            if (Files.exists(file)) {
                json = Files.readAllBytes(file);
            } else if (Files.exists(vocabulary)) {
                file = vocabulary;
                json = WordPieceTokenizer.toJson(vocabulary, WordPieceTokenizer.readVocabulary(vocabulary),
                        SpecialTokens.lowercase(directory)).getBytes(StandardCharsets.UTF_8);
            } else if (ByteLevelTokenizer.isIn(directory)) {
                file = directory.resolve("vocab.json");
                json = ByteLevelTokenizer.toJson(directory).getBytes(StandardCharsets.UTF_8);
            } else {
                throw new DataException("the directory " + directory + " has neither tokenizer.json nor vocab.txt, nor"
                        + " vocab.json with merges.txt");
            }
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
        Tokenizer tokenizer = new Tokenizer(file, json, SpecialTokens.read(file, json, directory));
        tokenizer.limitedTo(UNLIMITED); // a damaged file fails here rather than at the first text
        return tokenizer;
    }

    private HuggingFaceTokenizer limitedTo(int length) {
        return natives.computeIfAbsent(length, this::load);
    }

    private HuggingFaceTokenizer load(int length) {
        Map<String, String> options = length == UNLIMITED
                ? Map.of("padding", "do_not_pad", "truncation", "do_not_truncate")
                : Map.of("padding", "do_not_pad", "truncation", "longest_first",
                        "maxLength", Integer.toString(length), "modelMaxLength", Integer.toString(length));
        try {
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options);
        } catch (IOException | RuntimeException failure) {
            throw new DataException(source + " is no tokenizer that can be read: " + failure.getMessage(), failure);
        }
    }

    /**
     * Tokenises one text, or a pair.
     *
     * @param pair the second text, or null
     * @throws DataException if it is too long and may not be cut
     */
    public Encoding encode(String text, String pair, MaxLength limit) {
        return encode(List.of(new TextExample(text, pair, null)), limit, index -> "the text").getFirst();
    }

    /**
     * Tokenises all {@code examples}, in their order, on all cores.
     *
     * @throws DataException if one is too long and may not be cut, with the row it is in
     */
    public List<Encoding> encodeAll(Examples examples, MaxLength limit) {
        return encode(examples.rows(), limit, examples::where);
    }

    /**
     * Tokenises all {@code texts}, in their order, on all cores.
     *
     * @param where names the text of an index, for messages
     * @throws DataException if one is too long and may not be cut
     */
    public List<Encoding> encodeTexts(List<String> texts, MaxLength limit, IntFunction<String> where) {
        return encode(texts.stream().map(text -> new TextExample(text, null, null)).toList(), limit, where);
    }

    /** Tokenises texts as they are, on all cores: nothing is put before or after them, nothing is cut. */
    public List<int[]> encodePlain(List<String> texts) {
        HuggingFaceTokenizer tokenizer = limitedTo(UNLIMITED);
        List<int[]> result = new ArrayList<>(texts.size());
        for (int start = 0; start < texts.size(); start += CHUNK) {
            List<String> chunk = texts.subList(start, Math.min(start + CHUNK, texts.size()));
            for (ai.djl.huggingface.tokenizers.Encoding encoded
                    : tokenizer.batchEncode(chunk.stream().map(Tokenizer::clean).toList(), false, false)) {
                result.add(toInts(encoded.getIds()));
            }
        }
        return result;
    }

    /** The tokens that are put before every text: one, or none. */
    public int[] opening() {
        return frame()[0];
    }

    /** The tokens that are put behind every text: one, or none. */
    public int[] closing() {
        return frame()[1];
    }

    /** What is put before and behind a text. */
    private int[][] frame() {
        String text = "a";
        int[] whole = toInts(limitedTo(UNLIMITED).encode(text, true, false).getIds());
        int[] plain = encodePlain(List.of(text)).getFirst();
        for (int start = 0; start + plain.length <= whole.length; start++) {
            if (Arrays.equals(plain, Arrays.copyOfRange(whole, start, start + plain.length))) {
                return new int[][] {
                    Arrays.copyOf(whole, start), Arrays.copyOfRange(whole, start + plain.length, whole.length)
                };
            }
        }
        return new int[2][0];
    }

    /** How many rows a model's table of words needs: one more than the largest id. */
    public int vocabularySize() {
        return VocabularySize.of(source, json);
    }

    private List<Encoding> encode(List<TextExample> examples, MaxLength limit, IntFunction<String> where) {
        HuggingFaceTokenizer tokenizer = limitedTo(limit.truncate() ? limit.tokens() : UNLIMITED);
        List<Encoding> result = new ArrayList<>(examples.size());
        for (int start = 0; start < examples.size(); start += CHUNK) {
            List<TextExample> chunk = examples.subList(start, Math.min(start + CHUNK, examples.size()));
            for (ai.djl.huggingface.tokenizers.Encoding encoded : encodeChunk(tokenizer, chunk)) {
                Encoding encoding = new Encoding(toInts(encoded.getIds()), toInts(encoded.getTypeIds()));
                if (encoding.length() > limit.tokens()) {
                    throw limit.exceeded(where.apply(result.size()), encoding.length());
                }
                result.add(encoding);
            }
        }
        return result;
    }

    private static ai.djl.huggingface.tokenizers.Encoding[] encodeChunk(
            HuggingFaceTokenizer tokenizer, List<TextExample> chunk) {
        if (chunk.stream().allMatch(example -> example.textPair() == null)) {
            return tokenizer.batchEncode(chunk.stream().map(example -> clean(example.text())).toList(), true, false);
        }
        if (chunk.stream().anyMatch(example -> example.textPair() == null)) {
            throw new IllegalArgumentException("either all examples have a second text or none");
        }
        PairList<String, String> pairs = new PairList<>(chunk.size());
        chunk.forEach(example -> pairs.add(clean(example.text()), clean(example.textPair())));
        return tokenizer.batchEncode(pairs, true, false);
    }

    /** Half a surrogate pair, as broken JSON escapes leave it, has no UTF-8 form and would stop native code. */
    private static String clean(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text)
                ? text
                : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static int[] toInts(long[] values) {
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }

    /** The text of {@code ids}, without special tokens if {@code skipSpecial}. */
    public String decode(int[] ids, boolean skipSpecial) {
        return limitedTo(UNLIMITED).decode(IntStream.of(ids).asLongStream().toArray(), skipSpecial);
    }

    /** The id of a special or added token such as {@code [MASK]}; empty if the tokenizer has none of that name. */
    public OptionalInt idOf(String specialToken) {
        return special.idOf(specialToken);
    }

    /** The id to pad with; 0 if the tokenizer names none, which does no harm as padding is masked. */
    public int padId() {
        return special.padId();
    }

    /** The id of the token that stands for a hidden word; empty if the model was not trained with one. */
    public OptionalInt maskId() {
        return special.maskId();
    }

    /** The id of the token that ends a text; empty if the tokenizer names none. */
    public OptionalInt eosId() {
        return special.eosId();
    }

    /** The id of the token that stands for what the vocabulary does not know; empty if the tokenizer names none. */
    public OptionalInt unknownId() {
        return special.unknownId();
    }

    /** Whether {@code id} is a token with a meaning of its own, such as {@code [SEP]}, rather than text. */
    public boolean isSpecial(int id) {
        return special.isSpecial(id);
    }

    @Override
    public void close() {
        natives.values().forEach(HuggingFaceTokenizer::close);
        natives.clear();
    }
}
