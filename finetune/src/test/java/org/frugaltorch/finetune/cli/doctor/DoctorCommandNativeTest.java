package org.frugaltorch.finetune.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.frugaltorch.bindings.NativeLibrary;
import org.frugaltorch.finetune.TinyBert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DoctorCommandNativeTest {

    @TempDir
    private Path temporary;

    @Test
    void findsTheLibtorchOfTheBuildAndWritesWhatItPrints() throws Exception {
        StringWriter out = new StringWriter();
        Path file = temporary.resolve("doctor.json");

        int exitCode = new CommandLine(new DoctorCommand()).setOut(new PrintWriter(out)).execute("--json", file.toString());

        assertThat(exitCode).isZero();
        String version = NativeLibrary.info().version().toString();
        assertThat(out.toString()).contains("libtorch", version, NativeLibrary.info().home().toString());
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.at("/libtorch/usable").asBoolean()).isTrue();
        assertThat(json.at("/libtorch/values/version").asText()).isEqualTo(version);
        assertThat(json.at("/Machine/values/threads").asInt()).isPositive();
    }

    @Test
    void tellsHowWellReversibleLayersAreGotBack() throws Exception {
        Path model = TinyBert.write(temporary.resolve("model"));
        StringWriter out = new StringWriter();
        Path file = temporary.resolve("meft.json");

        int exitCode = new CommandLine(new DoctorCommand()).setOut(new PrintWriter(out))
                .execute("--meft", model.toString(), "--json", file.toString());

        assertThat(exitCode).isZero();
        assertThat(out.toString()).contains("meft1 rounded", "meft2 anchors", "meft3 exact", "e-0");
        JsonNode errors = new ObjectMapper().readTree(file.toFile()).path("meft");
        assertThat(errors).hasSize(9);
        for (JsonNode layers : errors) {
            assertThat(layers).hasSize(TinyBert.LAYERS);
        }
        assertThat(errors.path("meft3 rounded").get(0).asDouble()).isGreaterThan(1e-5);
        assertThat(errors.path("meft3 exact").get(0).asDouble(-1)).isZero();
    }
}
