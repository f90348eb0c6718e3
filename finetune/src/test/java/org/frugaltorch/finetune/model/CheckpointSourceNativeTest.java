package org.frugaltorch.finetune.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;

class CheckpointSourceNativeTest {
    private static final String NAME = "model.norm.weight";

    @Test
    void copiesWhatMayNotBeWrittenTo() {
        try (TensorScope scope = TensorScope.open();
                Checkpoint checkpoint = Checkpoint.open(Golden.directory("llama"))) {
            TensorSource.Entry entry = checkpoint.entry(NAME);
            Tensor mapped = frozen(checkpoint, entry.shape());
            Tensor copied = frozen(new ReadOnly(checkpoint), entry.shape());
            assertThat(mapped.segment().address()).isEqualTo(entry.data().address());
            assertThat(copied.segment().address()).isNotEqualTo(entry.data().address());
            assertThat(copied.toFloats()).isEqualTo(mapped.toFloats());
        }
    }

    private static Tensor frozen(TensorSource checkpoint, long... shape) {
        return new CheckpointSource(checkpoint, "model.", DType.FLOAT32, Device.CPU, true)
                .get(NAME, new Initializer.Constant(1), false, shape);
    }

    /** A file that the process may read but not write. */
    private record ReadOnly(TensorSource source) implements TensorSource {
        @Override
        public Set<String> names() {
            return source.names();
        }

        @Override
        public Entry entry(String name) {
            Entry entry = source.entry(name);
            return new Entry(entry.name(), entry.dtype(), entry.shape(), entry.data().asReadOnly());
        }

        @Override
        public Map<String, String> metadata() {
            return source.metadata();
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
