package org.frugaltorch.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.TextInputs;
import org.frugaltorch.finetune.data.Tokenizer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Text to batches: WordPiece over 8,000 made-up words, sentences of 5 to 60 words, batches of 32. */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TextBenchmark extends TimedBenchmark {
    private static final MaxLength LIMIT = new MaxLength(128, true);
    private static final int WORDS = 8000;
    private static final int BATCH = 32;

    /** Number of sentences. */
    @Param("2000")
    public int texts;

    private Path folder;
    private Tokenizer tokenizer;
    private List<String> sentences;
    private List<Encoding> encodings;

    @Setup(Level.Trial)
    public void open() {
        Random random = new Random(1);
        List<String> words = IntStream.range(0, WORDS).mapToObj(i -> word(random) + Integer.toString(i, 36)).toList();
        List<String> vocabulary = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        vocabulary.addAll(words);
        sentences = IntStream.range(0, texts).mapToObj(i -> sentence(words, random)).toList();
        try {
            folder = Files.createTempDirectory("tokenizer");
            Files.write(folder.resolve("vocab.txt"), vocabulary);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        tokenizer = Tokenizer.open(folder);
        encodings = tokenised();
        Counters.put(Counters.ITEMS, texts);
    }

    private static String word(Random random) {
        return random.ints(2 + random.nextInt(8), 'a', 'z' + 1).mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    private static String sentence(List<String> words, Random random) {
        return IntStream.range(0, 5 + random.nextInt(56)).mapToObj(i -> words.get(random.nextInt(words.size())))
                .collect(Collectors.joining(" ", "", "."));
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        tokenizer.close();
        Files.delete(folder.resolve("vocab.txt"));
        Files.delete(folder);
    }

    /** Texts to tokens. */
    @Benchmark
    public List<Encoding> tokenise() {
        return tokenised();
    }

    private List<Encoding> tokenised() {
        return tokenizer.encodeTexts(sentences, LIMIT, i -> "sentence " + i);
    }

    /** Tokens to an epoch of padded batches. */
    @Benchmark
    public long batch() {
        return batched(encodings);
    }

    /** Both. */
    @Benchmark
    public long tokeniseAndBatch() {
        return batched(tokenised());
    }

    private long batched(List<Encoding> from) {
        long cells = 0;
        for (Batch batch : new Batcher(new TextInputs(from), BatchSettings.training(BATCH, 1, tokenizer.padId())).epoch(0)) {
            cells += batch.tokens().inputIds().length;
        }
        return cells;
    }
}
