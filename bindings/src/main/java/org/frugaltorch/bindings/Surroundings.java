package org.frugaltorch.bindings;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What the process was told from outside; a parameter so that tests can tell it something else.
 *
 * @param property  a system property by name, or null
 * @param variable  an environment variable by name, or null
 * @param resources where natives on the class path are looked up
 */
record Surroundings(UnaryOperator<String> property, UnaryOperator<String> variable, ClassLoader resources) {

    static Surroundings ofProcess() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader resources = context != null ? context : ClassLoader.getSystemClassLoader();
        return new Surroundings(System::getProperty, System::getenv, resources);
    }

    /** A system property that is set to something. */
    Optional<String> propertyIfSet(String name) {
        return Optional.ofNullable(property.apply(name)).filter(value -> !value.isBlank());
    }

    /** An environment variable that is set to something. */
    Optional<String> variableIfSet(String name) {
        return Optional.ofNullable(variable.apply(name)).filter(value -> !value.isBlank());
    }

    /** Where Maven keeps what it downloaded. */
    Path mavenRepository() {
        return propertyIfSet("maven.repo.local").map(Path::of)
                .orElseGet(() -> Path.of(property.apply("user.home"), ".m2", "repository"));
    }

    /** The folder of the user that keeps unpacked libraries, following the XDG convention; need not exist. */
    Path cacheRoot() {
        return propertyIfSet("frugaltorch.cache")
                .or(() -> variableIfSet("FRUGALTORCH_CACHE"))
                .map(Path::of)
                .or(() -> variableIfSet("XDG_CACHE_HOME")
                        .map(Path::of)
                        .filter(Path::isAbsolute)
                        .map(cache -> cache.resolve("frugaltorch")))
                .orElseGet(() -> Path.of(property.apply("user.home"), ".cache", "frugaltorch"))
                .toAbsolutePath();
    }
}
