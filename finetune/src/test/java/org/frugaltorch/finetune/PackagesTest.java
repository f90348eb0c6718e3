package org.frugaltorch.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which package knows which; a package with its sub-packages is one. */
class PackagesTest {
    private static final Path SOURCES = Path.of("src", "main", "java", "org", "frugaltorch", "finetune");
    private static final Pattern IMPORT =
            Pattern.compile("(?m)^import (?:static )?org\\.frugaltorch\\.finetune\\.([a-z]+)\\.");
    private static final Set<String> METHODS = Set.of("tokentune", "lora", "quant", "meft");

    private static Map<String, Set<String>> imports;

    @BeforeAll
    static void read() throws IOException {
        imports = new TreeMap<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String from = SOURCES.relativize(file).getName(0).toString();
                Set<String> known = imports.computeIfAbsent(from, name -> new TreeSet<>());
                IMPORT.matcher(Files.readString(file)).results().map(found -> found.group(1))
                        .filter(to -> !to.equals(from)).forEach(known::add);
            }
        }
        assertThat(imports).hasSizeGreaterThan(20).containsKeys("model", "quant", "cli");
    }

    @Test
    void noTwoPackagesKnowEachOther() {
        imports.keySet().forEach(name ->
                assertThat(reachable(name)).as("what " + name + " imports, and what that imports").doesNotContain(name));
    }

    private static Set<String> reachable(String from) {
        Set<String> found = new TreeSet<>();
        Deque<String> next = new ArrayDeque<>(imports.get(from));
        while (!next.isEmpty()) {
            String name = next.pop();
            if (found.add(name)) {
                next.addAll(imports.get(name));
            }
        }
        return found;
    }

    /** Methods are put together in {@code method}; adapters are merged into matrices in four bits. */
    @Test
    void methodsDoNotKnowOneAnother() {
        for (String method : METHODS) {
            Set<String> others = new TreeSet<>(imports.get(method));
            others.retainAll(METHODS);
            assertThat(others).as("methods that " + method + " imports")
                    .isSubsetOf(method.equals("lora") ? List.of("quant") : List.of());
        }
    }

    @Test
    void nothingKnowsTheCommandLine() {
        imports.forEach((name, known) -> assertThat(known).as("what " + name + " imports").doesNotContain("cli"));
    }
}
