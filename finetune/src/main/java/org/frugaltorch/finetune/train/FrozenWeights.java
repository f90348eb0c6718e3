package org.frugaltorch.finetune.train;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.zip.CRC32;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Tells the weights that a run leaves as they are from others of the same shapes: what a run trained on the ones is worth
 * nothing on the others, and a checkpoint holds only what was trained.
 */
final class FrozenWeights {
    private static final long SAMPLE = 256;

    private FrozenWeights() {}

    /** A number from both ends of every frozen weight, in hexadecimal; {@code none} if all are trained. */
    static String digest(Parameters parameters) {
        CRC32 digest = new CRC32();
        boolean none = true;
        try (GradMode off = GradMode.disabled()) {
            for (Map.Entry<String, Tensor> parameter : parameters.asMap().entrySet()) {
                if (!parameter.getValue().requiresGrad()) {
                    none = false;
                    add(parameter.getValue(), digest);
                }
            }
        }
        return none ? "none" : Long.toHexString(digest.getValue());
    }

    private static void add(Tensor weight, CRC32 digest) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor flat = weight.reshape(-1);
            long count = Math.min(SAMPLE, flat.size(0));
            for (long start : new long[] {0, flat.size(0) - count}) {
                float[] values = flat.narrow(0, start, count).to(DType.FLOAT32).toFloats();
                ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
                bytes.asFloatBuffer().put(values);
                digest.update(bytes);
            }
        }
    }
}
