package org.frugaltorch.finetune.conversion;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.quant.QuantisationConfig;

/**
 * What quantising a model's files came to.
 *
 * @param bytesBefore of all tensors
 * @param bytesAfter of all tensors
 * @param files with weights that were written
 * @param config of the written model
 * @param matrices every quantised one, in the order of the checkpoint
 */
public record QuantisationReport(
        long bytesBefore, long bytesAfter, int files, QuantisationConfig config, List<MatrixError> matrices) {

    /** The matrices by the last two parts of their layers' names, such as {@code mlp.down_proj}. */
    public Map<String, List<MatrixError>> byKind() {
        Map<String, List<MatrixError>> kinds = new LinkedHashMap<>();
        for (MatrixError matrix : matrices) {
            String layer = matrix.layer();
            String kind = layer.substring(layer.lastIndexOf('.', layer.lastIndexOf('.') - 1) + 1);
            kinds.computeIfAbsent(kind, k -> new ArrayList<>()).add(matrix);
        }
        return kinds;
    }

    /** Relative error of some matrices together, as if they were one. */
    public static double relativeError(Collection<MatrixError> matrices) {
        return MatrixError.relativeError(
                matrices.stream().mapToDouble(MatrixError::errorSquares).sum(),
                matrices.stream().mapToDouble(MatrixError::squares).sum());
    }
}
