package org.frugaltorch.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapesTest {
    /** Millions of weights as published, heads of classifiers not counted. */
    @ParameterizedTest
    @CsvSource({"minilm,22.6", "bert-base,108.9", "llama-15m,15.2", "llama-110m,109.5", "llama-1.1b,1100.0",
        "llama-7b,6738.4"})
    void haveTheSizesThatTheyAreNamedAfter(String name, double millions) {
        TransformerConfig config = Shapes.named(name).config();
        assertThat(weights(config) / 1e6).isCloseTo(millions, org.assertj.core.data.Percentage.withPercentage(0.5));
    }

    private static double weights(TransformerConfig config) {
        double hidden = config.hiddenSize();
        double keys = 2.0 * config.numKeyValueHeads() * config.headSize();
        boolean causal = config.layout().causal();
        double inner = (causal ? 3 : 2) * hidden * config.intermediateSize();
        double tables = config.vocabSize() + (causal ? 0 : config.maxPositionEmbeddings() + config.typeVocabSize());
        boolean ownHead = causal && !config.tieWordEmbeddings();
        return config.numHiddenLayers() * (2 * hidden * hidden + keys * hidden + inner)
                + hidden * (tables + (ownHead ? config.vocabSize() : 0));
    }

    @Test
    void allNamesAreThere() {
        assertThat(Shapes.NAMES).allSatisfy(name -> assertThat(Shapes.named(name).config().hiddenSize()).isPositive());
    }

    @Test
    void filesAreShapesToo(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("mine.json"), Shapes.named("bert-tiny").json().toString());
        assertThat(Shapes.named(file.toString()).config()).isEqualTo(Shapes.named("bert-tiny").config());
    }

    @Test
    void fieldsCanBeChanged() {
        assertThat(Shapes.changed("minilm", Map.of("num_hidden_layers", 2)).config().numHiddenLayers()).isEqualTo(2);
        assertThat(Shapes.named("minilm").config().numHiddenLayers()).isEqualTo(6);
    }

    @Test
    void othersAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Shapes.named("minilim"))
                .withMessageContaining("minilim").withMessageContaining("minilm,");
    }
}
