package org.frugaltorch.jmh;

import ai.djl.engine.Engine;
import org.openjdk.jmh.annotations.Fork;

/** The step that all libraries take, by DJL's PyTorch engine. */
@Fork(value = 5, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Dai.djl.offline=true"})
public class DjlStepBenchmark extends SameStepBenchmark {
    @Override
    protected void loadLibrary() {
        Engine.getEngine("PyTorch");
    }

    @Override
    protected Training open(StepFixture from) {
        return from.causal() ? new DjlLlama(from) : new DjlBert(from);
    }
}
