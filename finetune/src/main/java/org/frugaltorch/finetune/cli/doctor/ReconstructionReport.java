package org.frugaltorch.finetune.cli.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.meft.Meft;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.meft.MeftVariant;
import org.frugaltorch.finetune.meft.Reconstruction;
import org.frugaltorch.finetune.meft.ReconstructionErrors;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.report.ConsoleTable;
import org.frugaltorch.finetune.report.ConsoleTable.Align;
import org.frugaltorch.finetune.report.ConsoleTable.Column;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;

/**
 * How well the inputs of a model's layers are got back when it is made reversible with the usual factors, by variant and
 * kind of reconstruction.
 *
 * @param errors relative errors from the lowest layer to the highest, by such names as {@code meft1 exact}
 */
record ReconstructionReport(Map<String, double[]> errors) {
    private static final int ROWS = 4;
    private static final int MOST_TOKENS = 32;
    private static final long SEED = 1;

    /** Without a remedy, and with either. */
    private static final List<Reconstruction> KINDS =
            List.of(new Reconstruction.Rounded(), Reconstruction.named("anchors"), Reconstruction.EXACT);

    /**
     * Runs made-up tokens through a model and back, with dropout.
     *
     * @throws org.frugaltorch.io.DataException when there is no usable model
     */
    static ReconstructionReport of(Path path) {
        ModelDirectory directory = ModelDirectory.open(path);
        ClassifierSettings settings = new ClassifierSettings(
                List.of("0", "1"), Pooling.MEAN, DType.FLOAT32, Device.CPU, OptionalDouble.empty());
        Map<String, double[]> errors = new LinkedHashMap<>();
        for (MeftVariant variant : MeftVariant.values()) {
            Engine.seed(SEED);
            try (TensorScope scope = TensorScope.open();
                    SequenceClassifier model = new SequenceClassifierDirectory(directory).load(settings)) {
                MeftSettings usual = MeftSettings.of(variant);
                Meft meft = Meft.attach(model.stack(), model.parameters(), usual, DType.FLOAT32, name -> false);
                TokenBatch batch = madeUp(directory);
                for (Reconstruction kind : KINDS) {
                    Engine.seed(SEED);
                    errors.put(variant + " " + kind, ReconstructionErrors.of(
                            meft.running(usual.withReconstruction(kind)), model.stack(), batch, ForwardMode.train(SEED)));
                }
            }
        }
        return new ReconstructionReport(errors);
    }

    private static TokenBatch madeUp(ModelDirectory directory) {
        int width = Math.min(MOST_TOKENS, directory.config().maxPositionEmbeddings());
        boolean[] valid = new boolean[ROWS * width];
        Arrays.fill(valid, true);
        long[] ids = new Random(SEED).longs(valid.length, 0, directory.config().vocabSize()).toArray();
        return new TokenBatch(ROWS, width, ids, valid, new long[valid.length]);
    }

    /** Layers in the order in which they are got back. */
    ConsoleTable table() {
        List<Column> columns = new ArrayList<>(List.of(new Column("Layer", Align.RIGHT)));
        errors.keySet().forEach(name -> columns.add(new Column(name, Align.RIGHT)));
        ConsoleTable table = new ConsoleTable(columns);
        int layers = errors.values().iterator().next().length;
        for (int layer = layers - 1; layer >= 0; layer--) {
            List<String> cells = new ArrayList<>(List.of(Integer.toString(layer)));
            for (double[] each : errors.values()) {
                cells.add(each[layer] == 0 ? "0" : String.format(Locale.ROOT, "%.1e", each[layer]));
            }
            table.row(cells);
        }
        return table;
    }
}
