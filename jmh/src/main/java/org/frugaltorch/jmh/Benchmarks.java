package org.frugaltorch.jmh;

import java.io.IOException;
import java.util.stream.Stream;
import org.openjdk.jmh.Main;

/**
 * JMH's own command line, with what benchmarks count beside their time. {@code frugal bench} runs and reports all of
 * them.
 */
public final class Benchmarks {
    private Benchmarks() {}

    /** @param args options of JMH */
    public static void main(String[] args) throws IOException {
        Main.main(Stream.concat(Stream.of(args), Stream.of("-prof", CountersProfiler.class.getName()))
                .toArray(String[]::new));
    }
}
