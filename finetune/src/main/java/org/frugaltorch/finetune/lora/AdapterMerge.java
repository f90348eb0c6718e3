package org.frugaltorch.finetune.lora;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.frugaltorch.finetune.model.ClassifierDirectory;
import org.frugaltorch.finetune.model.LinearLayers;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.ModelFamily;
import org.frugaltorch.finetune.model.ModelFiles;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.model.TokenClassifierDirectory;
import org.frugaltorch.finetune.quant.FourBitMatrices;
import org.frugaltorch.finetune.quant.QuantisationConfig;
import org.frugaltorch.finetune.quant.QuantisedMatrix;
import org.frugaltorch.finetune.quant.StoredQuantisation;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.TensorGroup;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.io.TensorSource.Entry;
import org.frugaltorch.io.TensorSpec;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Turns the files of a model and of an adapter into those of a plain model that computes the same. One tensor after
 * another goes from file to file, so that memory is needed for the largest one, whatever the model's size.
 *
 * <p>A matrix in four bits is restored first, also one without an adapter: the result is dense, and computes what was
 * trained. So it does where dense matrices were rounded to four bits for the training, as far as the adapter says so.
 * The sum is computed in float32 (float64 for a model in float64) and rounded once.
 *
 * @param type of the written weights; as they are stored when empty, matrices in four bits as they were before
 * @param maxShardBytes of a file of weights
 */
public record AdapterMerge(Optional<DType> type, long maxShardBytes) {
    private static final String WEIGHT = ".weight";

    /**
     * What a merge came to.
     *
     * @param matrices that an adapter was added to
     * @param ownValues other weights that were taken from the adapter
     * @param restored matrices that were in four bits, in the model or in training
     * @param settings of the adapter
     * @param bytes of all tensors written
     * @param files with weights that were written
     */
    public record Report(int matrices, int ownValues, int restored, LoraSettings settings, long bytes, int files) {}

    public AdapterMerge {
        type.ifPresent(t -> {
            if (!t.isFloatingPoint() || t.byteSize() < Short.BYTES) {
                throw new IllegalArgumentException("Weights cannot be written as " + t.torchName());
            }
        });
    }

    /**
     * The model that an adapter's configuration names.
     *
     * @throws DataException when the directory holds no adapter
     */
    public static Optional<String> baseModel(Path adapter) {
        try (AdapterDirectory saved = AdapterDirectory.open(adapter)) {
            return saved.baseModel();
        }
    }

    /**
     * Merges. Either the whole directory is there afterwards, or what was there before.
     *
     * @param adapter directory in PEFT's layout
     * @throws DataException when the adapter is of another model, or something cannot be read or written
     */
    public Report merge(ModelDirectory base, Path adapter, Path target) {
        try (AdapterDirectory saved = AdapterDirectory.open(adapter);
                Checkpoint checkpoint = Checkpoint.open(base.path())) {
            FourBitMatrices fourBits = new FourBitMatrices(checkpoint, base.quantisation(), Device.CPU, true);
            Map<String, String> layers = LinearLayers.of(base, checkpoint);
            try (TensorScope scope = TensorScope.open()) {
                layers.forEach(fourBits::read); // a damaged model must not be taken for another one's adapter
            }
            ClassifierDirectory<?> classifiers = AdapterDescription.task(adapter) == AdapterOrigin.Task.TOKEN_CLS
                    ? TokenClassifierDirectory.of(base) : new SequenceClassifierDirectory(base);
            StoredAdapter stored = StoredAdapter.of(saved, base, classifiers.head(), checkpoint);
            Optional<ModelDirectory> described = ModelDirectory.ofAdapters(adapter);
            Plan plan = new Plan(base, layers, fourBits, stored, saved,
                    described.flatMap(ModelDirectory::quantisation).filter(any -> base.quantisation().isEmpty()));
            List<TensorGroup> groups = plan.groups();
            int files = ModelFiles.write(
                    base, config(classifiers, stored, described.orElse(base)), groups, maxShardBytes, target);
            return new Report(stored.pairs().size(), stored.own().size() + stored.heads().size(), plan.restored,
                    saved.settings(), groups.stream().mapToLong(TensorGroup::byteSize).sum(), files);
        }
    }

    /** @param described knows names of classes and how states become one vector */
    private ObjectNode config(ClassifierDirectory<?> base, StoredAdapter adapter, ModelDirectory described) {
        Entry head = adapter.heads().get(base.head().output() + WEIGHT);
        ObjectNode config = head == null
                ? base.directory().json().deepCopy()
                : base.config(described.labelsOf((int) head.shape()[0]), described.pooling());
        config.remove(QuantisationConfig.FIELD);
        type.ifPresent(t -> config.put(config.has("torch_dtype") ? "torch_dtype" : "dtype", t.torchName()));
        return config;
    }

    /** Which tensors are written, and what each is made of. */
    private final class Plan {
        private final ModelFamily family;
        private final Map<String, String> layers = new HashMap<>();
        private final FourBitMatrices fourBits;
        private final TensorSource checkpoint;
        private final StoredAdapter adapter;
        private final AdapterDirectory source;
        private final Optional<QuantisationConfig> rounding;
        private int restored;

        /** @param rounding of dense matrices that the adapter was trained on */
        Plan(ModelDirectory base, Map<String, String> weights, FourBitMatrices fourBits, StoredAdapter adapter,
                AdapterDirectory source, Optional<QuantisationConfig> rounding) {
            this.family = base.family();
            this.rounding = rounding;
            this.fourBits = fourBits;
            this.checkpoint = fourBits.checkpoint();
            this.adapter = adapter;
            this.source = source;
            weights.forEach((layer, weight) -> layers.put(weight, layer));
        }

        List<TensorGroup> groups() {
            List<TensorGroup> groups = new ArrayList<>();
            for (String name : checkpoint.names()) {
                if (!StoredQuantisation.isCompanion(name) && !isReplaced(family.fullName(name))) {
                    groups.add(layers.containsKey(name) ? matrix(name, layers.get(name)) : other(name));
                }
            }
            adapter.heads().forEach((name, entry) -> groups.add(converted(name, entry, entry.dtype())));
            return groups;
        }

        /** A model that gets a head for classes loses those for anything else. */
        private boolean isReplaced(String name) {
            return !adapter.heads().isEmpty() && !name.startsWith(family.names().prefix());
        }

        /** A model that gets a head carries the names of a model with one. */
        private String written(String name) {
            return adapter.heads().isEmpty() ? name : family.fullName(name);
        }

        private TensorGroup other(String name) {
            Entry entry = checkpoint.entry(name);
            return converted(written(name), adapter.own().getOrDefault(family.fullName(name), entry), entry.dtype());
        }

        private TensorGroup converted(String name, Entry entry, DType storedType) {
            DType wanted = storedType.isFloatingPoint() ? type.orElse(storedType) : storedType;
            if (entry.dtype() == wanted) {
                return TensorGroup.stored(name, entry);
            }
            return computed(name, wanted, entry.shape(), () -> stored(entry).to(wanted));
        }

        private TensorGroup matrix(String name, String layer) {
            StoredAdapter.Pair pair = adapter.pairs().get(layer);
            DType original;
            long[] shape;
            try (TensorScope scope = TensorScope.open()) {
                Optional<QuantisedMatrix> packed = fourBits.read(layer, name);
                boolean rounded = rounding.isPresent() && !rounding.get().skips(layer);
                if (packed.isEmpty() && pair == null && !rounded) {
                    return other(name);
                }
                restored += packed.isPresent() || rounded ? 1 : 0;
                original = packed.map(QuantisedMatrix::originalType).orElseGet(() -> checkpoint.entry(name).dtype());
                shape = StoredQuantisation.shape(checkpoint, name);
            }
            DType wanted = type.orElse(original);
            DType wide = pair == null ? wanted : wanted == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
            return computed(written(name), wanted, shape, () -> {
                Tensor matrix = fourBits.read(layer, name)
                        .or(() -> rounded(layer, name))
                        .map(packed -> packed.dequantise(wide))
                        .orElseGet(() -> stored(checkpoint.entry(name)).to(wide));
                return pair == null ? matrix : matrix.add(delta(pair, wide), 1).to(wanted);
            });
        }

        private Optional<QuantisedMatrix> rounded(String layer, String name) {
            return rounding.filter(config -> !config.skips(layer))
                    .map(config -> config.quantisation().quantise(name, stored(checkpoint.entry(name))));
        }

        private Tensor delta(StoredAdapter.Pair pair, DType wide) {
            LoraSettings settings = source.settings();
            return new LowRankPair(stored(pair.a()), stored(pair.b()), settings.scale(), 0).delta(wide);
        }

        private Tensor stored(Entry entry) {
            return Tensors.wrap(entry.data(), entry.dtype(), checkpoint, entry.shape());
        }

        private TensorGroup computed(String name, DType wanted, long[] shape, Supplier<Tensor> value) {
            return new TensorGroup(List.of(new TensorSpec(name, wanted, shape)), sink -> {
                try (TensorScope scope = TensorScope.open()) {
                    Tensor tensor = value.get().contiguous();
                    if (!Double.isFinite(tensor.amax().item()) || !Double.isFinite(tensor.amin().item())) {
                        throw new DataException("The merged " + name + " would hold infinite numbers or NaN in "
                                + wanted.torchName() + ": choose a wider type, or look for them in the model and in "
                                + source.path());
                    }
                    sink.put(name, tensor.segment());
                }
            });
        }
    }
}
