package org.frugaltorch.finetune.quant;

import java.util.Optional;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * The matrices of a checkpoint that are stored in four bits, which {@code config.json} must know of: weights and
 * configuration that contradict one another come from two models.
 *
 * @param checkpoint the weights
 * @param config the model's {@code quantization_config}, if it has one
 * @param device of the matrices
 * @param mapped whether they stay in the mapped file, which must then stay open as long
 */
public record FourBitMatrices(
        TensorSource checkpoint, Optional<QuantisationConfig> config, Device device, boolean mapped) {

    /**
     * The matrix of a linear layer; empty when it is stored as plain numbers.
     *
     * @param layer its full name
     * @param weight name of its matrix in the checkpoint
     * @throws DataException when the stored matrix is damaged or contradicts the configuration
     */
    public Optional<QuantisedMatrix> read(String layer, String weight) {
        if (!StoredQuantisation.holds(checkpoint, weight)) {
            requirePlain(layer, weight);
            return Optional.empty();
        }
        QuantisationConfig expected = config.orElseThrow(() -> contradiction(
                "they hold " + weight + " in four bits, but it has no " + QuantisationConfig.FIELD));
        if (expected.skips(layer)) {
            throw contradiction(
                    "they hold " + weight + " in four bits, which " + QuantisationConfig.FIELD + " leaves out");
        }
        QuantisedMatrix matrix = StoredQuantisation.read(checkpoint, weight, device, mapped);
        if (!mapped || !device.isCpu()) {
            checkpoint.entry(weight).letGo(); // of the file's codes, of which there is a copy now
        }
        Quantisation quantisation = expected.quantisation();
        if (matrix.format() != quantisation.format()) {
            throw contradiction(weight + " is stored as " + matrix.format().checkpointName()
                    + ", but bnb_4bit_quant_type is " + quantisation.format().checkpointName());
        }
        boolean nested = matrix.scales() instanceof BlockScales.Nested;
        if (nested != quantisation.doubleQuantisation()) {
            throw contradiction("the scales of " + weight + " are " + (nested ? "" : "not ")
                    + "quantised, but bnb_4bit_use_double_quant is " + quantisation.doubleQuantisation());
        }
        return Optional.of(matrix);
    }

    /** What is left of a torn matrix in four bits must not be taken for a plain one, nor the reverse. */
    private void requirePlain(String layer, String weight) {
        if (!checkpoint.names().contains(weight)) {
            return; // for the caller to complain about
        }
        DType type = checkpoint.entry(weight).dtype();
        if (type == DType.UINT8 || checkpoint.names().contains(weight + StoredQuantisation.MAP)) {
            throw new DataException("The checkpoint lacks " + weight + StoredQuantisation.STATE
                    + config.map(c -> c.quantisation().format().checkpointName()).orElse("nf4")
                    + ", without which the four-bit weight cannot be read");
        }
        if (config.isPresent() && !config.get().skips(layer)) {
            throw contradiction(weight + " is stored as " + type.torchName() + ", but " + QuantisationConfig.FIELD
                    + " says four bits and does not list it in llm_int8_skip_modules");
        }
    }

    private static DataException contradiction(String sentence) {
        return new DataException("The weights contradict config.json: " + sentence);
    }
}
