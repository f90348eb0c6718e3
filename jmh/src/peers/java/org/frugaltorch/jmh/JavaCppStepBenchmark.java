package org.frugaltorch.jmh;

import org.bytedeco.pytorch.global.torch;

/** The step that all libraries take, by libtorch's C++ API as JavaCPP binds it. */
public class JavaCppStepBenchmark extends SameStepBenchmark {
    @Override
    protected void loadLibrary() {
        torch.get_num_threads();
    }

    @Override
    protected Training open(StepFixture from) {
        return from.causal() ? new JavaCppLlama(from) : new JavaCppBert(from);
    }
}
