package org.frugaltorch.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every generated function and datum is in the libtorch that is loaded. */
class GeneratedBindingsNativeTest {

    private static final Path OPTIONAL = Path.of("..", "native-headers", "optional.txt");
    private static final List<String> CLASSES =
            List.of("org.frugaltorch.bindings.generated.Libtorch", "org.frugaltorch.bindings.generated.LibtorchInternal");

    @Test
    void everySymbolIsThereExceptThoseOfOtherReleases() throws Exception {
        Map<String, String> optional = optional();
        Set<String> missing = new TreeSet<>();
        int resolved = 0;
        for (Method lookup : lookups()) {
            String name = lookup.getName().substring(0, lookup.getName().indexOf('$'));
            if (resolves(lookup)) {
                resolved++;
            } else if (!excused(optional.get(name))) {
                missing.add(name);
            }
        }

        assertThat(missing).as("not in libtorch " + NativeLibrary.info().version()).isEmpty();
        assertThat(resolved).isPositive();
    }

    @Test
    void optionalSymbolsAreGenerated() throws Exception {
        Set<String> generated = new TreeSet<>();
        for (Method lookup : lookups()) {
            generated.add(lookup.getName().substring(0, lookup.getName().indexOf('$')));
        }

        assertThat(generated).containsAll(optional().keySet());
    }

    private static List<Method> lookups() throws ClassNotFoundException {
        List<Method> lookups = new ArrayList<>();
        for (String name : CLASSES) {
            for (Method method : Class.forName(name).getDeclaredMethods()) {
                boolean looksUp = method.getName().endsWith("$address") || method.getName().endsWith("$segment");
                if (looksUp && Modifier.isStatic(method.getModifiers())) {
                    lookups.add(method);
                }
            }
        }
        return lookups;
    }

    private static boolean resolves(Method lookup) throws IllegalAccessException {
        try {
            return lookup.invoke(null) != null;
        } catch (InvocationTargetException e) {
            // The lookup is in the initialiser of a class of its own, which is why only a use of it can fail.
            assertThat(e.getCause()).isInstanceOf(ExceptionInInitializerError.class);
            assertThat(e.getCause().getCause()).isInstanceOf(NativeException.class).hasMessageContaining("has no symbol");
            return false;
        }
    }

    /** Whether the loaded libtorch may lack a function that needs {@code since}. */
    private static boolean excused(String since) {
        LibtorchInfo info = NativeLibrary.info();
        if (since == null) {
            return false;
        }
        if (since.equals("cuda")) {
            return !info.cudaLoaded();
        }
        String[] numbers = since.split("\\.");
        return !info.version().isAtLeast(
                new LibtorchVersion(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), 0));
    }

    private static Map<String, String> optional() throws IOException {
        Map<String, String> optional = new TreeMap<>();
        for (String line : Files.readAllLines(OPTIONAL)) {
            if (!line.startsWith("#")) {
                String[] words = line.split(" ");
                optional.put(words[0], words[1]);
            }
        }
        return optional;
    }
}
