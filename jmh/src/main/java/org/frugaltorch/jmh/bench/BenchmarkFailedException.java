package org.frugaltorch.jmh.bench;

/** One benchmark could not be measured; the others can. */
final class BenchmarkFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchmarkFailedException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
