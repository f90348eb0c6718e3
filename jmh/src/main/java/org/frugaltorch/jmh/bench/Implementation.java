package org.frugaltorch.jmh.bench;

import java.util.List;

/** A library that is measured; each in processes of its own, since each brings or finds a libtorch of its own. */
enum Implementation {
    /** Ours. */
    FRUGALTORCH("FrugalTorch", "", "Operator", "FrugalStep", List.of()),
    /** DJL's PyTorch engine. */
    DJL("DJL", "djl", "Djl", "DjlStep", List.of("-Dai.djl.offline=true", "-Dai.djl.pytorch.num_interop_threads=1")),
    /** JavaCPP's binding as it is. */
    JAVACPP("JavaCPP", "javacpp", "JavaCpp", "JavaCppStep", List.of()),
    /** The same without its tracking of every object by the garbage collector. */
    JAVACPP_UNTRACKED("JavaCPP untracked", "javacpp", "JavaCpp", "JavaCppStep",
            List.of("-Dorg.bytedeco.javacpp.nopointergc=true")),
    /** Plain PyTorch, in Python. */
    PYTORCH("PyTorch", "plain", "", "", List.of()),
    /** Hugging Face's transformers, with PEFT, in Python. */
    TRANSFORMERS("transformers", "transformers", "", "", List.of());

    private static final String PACKAGE = "org.frugaltorch.jmh.";
    private static final String SUFFIX = "Benchmark";

    private final String title;
    private final String key;
    private final String operators;
    private final String step;
    private final List<String> javaOptions;

    Implementation(String title, String key, String operators, String step, List<String> javaOptions) {
        this.title = title;
        this.key = key;
        this.operators = operators;
        this.step = step;
        this.javaOptions = javaOptions;
    }

    /** The name in tables and results. */
    String title() {
        return title;
    }

    /** The folder of a Java library's jars, or what the Python programs call a library. */
    String key() {
        return key;
    }

    /** The class of its operators. */
    String operatorBenchmark() {
        return PACKAGE + operators + SUFFIX;
    }

    /** The class of the training step that all libraries take. */
    String stepBenchmark() {
        return PACKAGE + step + SUFFIX;
    }

    /** Options of its processes. */
    List<String> javaOptions() {
        return javaOptions;
    }

    boolean isPython() {
        return this == PYTORCH || this == TRANSFORMERS;
    }

    boolean isOurs() {
        return this == FRUGALTORCH;
    }
}
