package org.frugaltorch.finetune.importer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.frugaltorch.io.DataException;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * A jar in a Maven repository. What the local repository lacks, the user's own {@code mvn} fetches, with its mirrors,
 * proxies and credentials.
 */
public record MavenArtifact(String group, String name, String version) {
    private static final Pattern LOCAL_REPOSITORY = Pattern.compile("-Dmaven\\.repo\\.local=(?:\"([^\"]+)\"|(\\S+))");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(user\\.home|env\\.([A-Za-z0-9_]+))}");

    /**
     * The jar on this machine, fetched if need be.
     *
     * @throws DataException if it is not in the local repository and cannot be fetched
     */
    public Path resolve() {
        return resolve(localRepository(), List.of(ExternalCommand.script("mvn")));
    }

    /** The same, told beforehand, as fetching takes a while. */
    Path resolve(Consumer<String> progress) {
        progress.accept("Looking for " + this + " in the local Maven repository (fetched with mvn if it is not there)");
        return resolve();
    }

    Path resolve(Path repository, List<String> maven) {
        Path jar = repository.resolve(group.replace('.', '/')).resolve(name).resolve(version)
                .resolve(name + "-" + version + ".jar");
        if (Files.isRegularFile(jar)) {
            return jar;
        }
        List<String> command = Stream.concat(maven.stream(), Stream.of("-B", "dependency:get", "-Dartifact=" + this,
                "-Dtransitive=false", "-Dmaven.repo.local=" + repository)).toList();
        // Away from the current directory, where a project's own settings could interfere.
        ExternalCommand.run(command, Path.of(System.getProperty("java.io.tmpdir")), "the Maven artefact " + this);
        if (!Files.isRegularFile(jar)) {
            throw new DataException("Maven fetched " + this + " but " + jar + " is not there; if your Maven uses another"
                    + " local repository, name it with -Dmaven.repo.local");
        }
        return jar;
    }

    /** Where Maven keeps what it fetched: a system property, Maven's own options, the user's settings, or the default. */
    static Path localRepository() {
        String property = System.getProperty("maven.repo.local");
        if (property != null && !property.isBlank()) {
            return Path.of(property).toAbsolutePath();
        }
        return Stream.of("MAVEN_ARGS", "MAVEN_OPTS")
                .flatMap(variable -> repositoryOption(System.getenv(variable)).stream())
                .findFirst()
                .or(() -> repositorySetting(home().resolve("settings.xml")))
                .orElseGet(() -> home().resolve("repository"));
    }

    private static Path home() {
        return Path.of(System.getProperty("user.home"), ".m2");
    }

    static Optional<Path> repositoryOption(String options) {
        Matcher option = LOCAL_REPOSITORY.matcher(options == null ? "" : options);
        return option.find()
                ? Optional.of(Path.of(option.group(1) != null ? option.group(1) : option.group(2)).toAbsolutePath())
                : Optional.empty();
    }

    static Optional<Path> repositorySetting(Path settings) {
        if (!Files.isRegularFile(settings)) {
            return Optional.empty();
        }
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null); // it would print what the exception says already
            NodeList found = builder.parse(settings.toFile()).getElementsByTagName("localRepository");
            String text = found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(fillIn(text)).toAbsolutePath());
        } catch (SAXException | ParserConfigurationException failure) {
            throw new DataException("Maven's settings " + settings + " are not valid XML: " + failure.getMessage(), failure);
        } catch (IOException failure) {
            throw DataException.unreadable(settings, failure);
        }
    }

    private static String fillIn(String text) {
        return PLACEHOLDER.matcher(text).replaceAll(match -> {
            String value = match.group(2) == null ? System.getProperty("user.home") : System.getenv(match.group(2));
            return Matcher.quoteReplacement(value == null ? match.group() : value);
        });
    }

    /** The coordinates, {@code group:name:version}. */
    @Override
    public String toString() {
        return group + ":" + name + ":" + version;
    }
}
