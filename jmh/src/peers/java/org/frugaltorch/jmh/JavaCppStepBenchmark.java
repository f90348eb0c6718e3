package org.frugaltorch.jmh;

/** The step that all libraries take, by libtorch's C++ API as JavaCPP binds it. */
public class JavaCppStepBenchmark extends SameStepBenchmark {
    @Override
    protected Training open(StepFixture from) {
        return from.causal() ? new JavaCppLlama(from) : new JavaCppBert(from);
    }
}
