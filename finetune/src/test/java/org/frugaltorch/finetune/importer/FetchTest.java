package org.frugaltorch.finetune.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS) // shell scripts stand in for mvn and npm
class FetchTest {
    private static final MavenArtifact ARTIFACT = new MavenArtifact("org.example", "model", "1.0");

    @TempDir
    Path directory;

    private List<String> script(String body) throws IOException {
        return List.of("sh", Files.writeString(directory.resolve("script"), body).toString());
    }

    @Test
    void takesWhatTheLocalRepositoryHasWithoutRunningMaven() throws IOException {
        Path jar = directory.resolve("org/example/model/1.0/model-1.0.jar");
        Files.createDirectories(jar.getParent());
        Files.createFile(jar);
        assertThat(ARTIFACT.resolve(directory, List.of("/no/such/mvn"))).isEqualTo(jar);
    }

    @Test
    void letsMavenFetchIntoTheSameRepository() throws IOException {
        List<String> maven = script("echo \"$@\" > " + directory + "/args; d=" + directory
                + "/org/example/model/1.0; mkdir -p $d; touch $d/model-1.0.jar");
        assertThat(ARTIFACT.resolve(directory, maven)).isRegularFile();
        assertThat(directory.resolve("args")).content().isEqualTo(
                "-B dependency:get -Dartifact=org.example:model:1.0 -Dtransitive=false -Dmaven.repo.local=" + directory + "\n");
    }

    @Test
    void saysWhyMavenFailed() throws IOException {
        assertThatThrownBy(() -> ARTIFACT.resolve(directory, List.of("/no/such/mvn"))).isInstanceOf(DataException.class)
                .hasMessage("cannot fetch the Maven artefact org.example:model:1.0: the command '/no/such/mvn' cannot be started;"
                        + " install it or put it on the PATH");
        List<String> failing = script("echo [INFO] Scanning; echo '[ERROR] no such artefact'; echo '[ERROR] help'; exit 1");
        assertThatThrownBy(() -> ARTIFACT.resolve(directory, failing)).isInstanceOf(DataException.class)
                .hasMessageContaining("ended with status 1: [ERROR] no such artefact");
        List<String> elsewhere = script("exit 0");
        assertThatThrownBy(() -> ARTIFACT.resolve(directory, elsewhere)).isInstanceOf(DataException.class)
                .hasMessageContaining("name it with -Dmaven.repo.local");
    }

    @Test
    void findsTheLocalRepositoryAsMavenDoes() throws IOException {
        assertThat(MavenArtifact.repositoryOption("-X -Dmaven.repo.local=/a/b -q")).hasValue(Path.of("/a/b"));
        assertThat(MavenArtifact.repositoryOption("-Dmaven.repo.local=\"/a b\"")).hasValue(Path.of("/a b"));
        assertThat(MavenArtifact.repositoryOption("-X")).isEmpty();
        assertThat(MavenArtifact.repositoryOption(null)).isEmpty();
        Path settings = directory.resolve("settings.xml");
        assertThat(MavenArtifact.repositorySetting(settings)).isEmpty();
        Files.writeString(settings, "<settings><localRepository> ${user.home}/r </localRepository></settings>");
        assertThat(MavenArtifact.repositorySetting(settings)).hasValue(Path.of(System.getProperty("user.home"), "r"));
        Files.writeString(settings, "<settings/>");
        assertThat(MavenArtifact.repositorySetting(settings)).isEmpty();
        Files.writeString(settings, "<settings>");
        assertThatThrownBy(() -> MavenArtifact.repositorySetting(settings)).isInstanceOf(DataException.class)
                .hasMessageStartingWith("Maven's settings " + settings + " are not valid XML");
    }

    @Test
    void keepsWhatNpmFetched() throws IOException {
        NpmPackage wanted = new NpmPackage("@scope/data", "2.0");
        List<String> npm = script("echo \"$@\" > " + directory + "/args; echo content > scope-data-2.0.tgz");
        Path archive = wanted.resolve(directory.resolve("cache"), npm);
        assertThat(archive).isEqualTo(directory.resolve("cache/npm/scope-data-2.0.tgz")).hasContent("content\n");
        assertThat(directory.resolve("args")).content().isEqualTo("pack --silent @scope/data@2.0\n");
        assertThat(wanted.resolve(directory.resolve("cache"), List.of("/no/such/npm"))).isEqualTo(archive);
        assertThatThrownBy(() -> wanted.resolve(directory, List.of("/no/such/npm"))).isInstanceOf(DataException.class)
                .hasMessageContaining("cannot fetch the npm package @scope/data@2.0");
        List<String> nothing = script("exit 0");
        assertThatThrownBy(() -> wanted.resolve(directory, nothing)).isInstanceOf(DataException.class)
                .hasMessageContaining("left no .tgz file");
        assertThat(FetchedFile.cacheDirectory("/x")).isEqualTo(Path.of("/x/frugaltorch"));
        assertThat(FetchedFile.cacheDirectory(null)).endsWith(Path.of(".cache", "frugaltorch"));
    }
}
