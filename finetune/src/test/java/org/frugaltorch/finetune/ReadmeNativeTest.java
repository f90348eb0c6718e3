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

/** The README's promises. */
class ReadmeNativeTest {
    private static final Path README = Path.of("..", "README.md");
    private static final Path EXAMPLE =
            Path.of("src", "test", "java", "org", "frugaltorch", "finetune", "ReadmeExample.java");

    @TempDir
    private Path folder;

    @Test
    void theExampleIsTheOneThatIsCompiled() throws IOException {
        String source = Files.readString(EXAMPLE);
        String shown = source.substring(source.indexOf("    public static void main"), source.lastIndexOf('}'))
                .stripTrailing().stripIndent().strip();
        assertThat(Files.readString(README)).contains("```java\n" + shown + "\n```");
    }

    @Test
    void theExampleRuns() {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            ReadmeExample.main(new String[] {
                TinyBert.write(folder.resolve("model")).toString(),
                TinyBert.sentences(folder.resolve("train.tsv"), 60, 1).toString(),
                TinyBert.sentences(folder.resolve("eval.tsv"), 20, 2).toString(),
                folder.resolve("out").toString()});
        } finally {
            System.setOut(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .matches("accuracy [01][.,]\\d{3}, [1-9].* bytes of saved activations, model in .*model\\R");
        assertThat(folder.resolve("out/model/model.safetensors")).exists();
    }

    @Test
    void theTestCommandIsTheOneThatTheCheckRuns() throws IOException {
        assertThat(Files.readString(README)).contains("./frugal quickstart", "mvn verify");
        assertThat(Files.readString(Path.of("..", ".ci", "run"))).containsPattern("mvn .*verify");
    }
}
