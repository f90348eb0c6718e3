package org.frugaltorch.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's promises. */
class ReadmeNativeTest {
    private static final Path README = Path.of("..", "README.md");
    private static final Path SOURCES = Path.of("src", "test", "java", "org", "frugaltorch", "finetune");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(classes = {ReadmeExample.class, ReadmeService.class})
    void theExamplesAreThoseThatAreCompiled(Class<?> example) throws IOException {
        String source = Files.readString(SOURCES.resolve(example.getSimpleName() + ".java"));
        String shown = source.substring(source.indexOf("    public static void main"), source.lastIndexOf('}'))
                .stripTrailing().stripIndent().strip();
        assertThat(Files.readString(README)).contains("```java\n" + shown + "\n```");
    }

    @Test
    void theExamplesRun() {
        String[] training = {
            TinyBert.write(folder.resolve("model")).toString(),
            TinyBert.sentences(folder.resolve("train.tsv"), 60, 1).toString(),
            TinyBert.sentences(folder.resolve("eval.tsv"), 20, 2).toString(), folder.resolve("out").toString()};
        assertThat(printed(() -> ReadmeExample.main(training)))
                .matches("accuracy [01][.,]\\d{3}, [1-9].* bytes of saved activations, model in .*model\\R");
        assertThat(folder.resolve("out/model/model.safetensors")).exists();
        assertThat(printed(() -> ReadmeService.main(new String[] {folder.resolve("out/model").toString(), "w1 w2 w3"})))
                .matches("class[012] \\([01][.,]\\d\\d\\)\\R");
    }

    private static String printed(Runnable program) {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            program.run();
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theTestCommandIsTheOneThatTheCheckRuns() throws IOException {
        assertThat(Files.readString(README)).contains("./frugal quickstart", "mvn verify");
        assertThat(Files.readString(Path.of("..", ".ci", "run"))).containsPattern("mvn .*verify");
    }
}
