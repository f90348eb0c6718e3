package org.frugaltorch.finetune.lora;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.frugaltorch.finetune.model.ClassifierHead;
import org.frugaltorch.finetune.model.LinearLayers;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.ParameterNames;
import org.frugaltorch.finetune.quant.StoredQuantisation;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.io.TensorSource.Entry;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;

/**
 * An adapter's tensors assigned to the tensors of a stored model, by full names; every one has a place, and the shape
 * for it.
 *
 * @param pairs the two matrices by layer
 * @param own the adapter's own values of weights that the model has
 * @param heads output heads that only the adapter has
 */
record StoredAdapter(Map<String, Pair> pairs, Map<String, Entry> own, Map<String, Entry> heads) {

    /** @param a [rank, in] @param b [out, rank] */
    record Pair(Entry a, Entry b) {}

    /**
     * Assigns an adapter to a model.
     *
     * @param head of the classifiers that the adapter is of, if it is of any
     * @throws DataException when a tensor is missing, left over or of another shape
     */
    static StoredAdapter of(
            AdapterDirectory adapter, ModelDirectory model, ClassifierHead head, TensorSource checkpoint) {
        return new Assignment(adapter, model, head, checkpoint).run();
    }

    private static final class Assignment {
        private static final String BIAS = ".bias";

        private final AdapterDirectory adapter;
        private final LoraSettings settings;
        private final ModelDirectory model;
        private final ClassifierHead head;
        private final TensorSource checkpoint;
        private final Map<String, Entry> left = new LinkedHashMap<>();
        private final List<String> problems = new ArrayList<>();

        Assignment(
                AdapterDirectory adapter, ModelDirectory model, ClassifierHead head, TensorSource checkpoint) {
            this.adapter = adapter;
            this.settings = adapter.settings();
            this.model = model;
            this.head = head;
            this.checkpoint = checkpoint;
            // An adapter of a model without a head lacks the prefix.
            adapter.tensors().forEach((name, entry) -> left.put(model.family().fullName(name), entry));
        }

        StoredAdapter run() {
            Map<String, String> layers = LinearLayers.of(model, checkpoint);
            adapter.requireBase(model.family()::fullName, name -> stored(layers, layer(name)));
            Map<String, Pair> pairs = pairs(layers);
            Map<String, Entry> own = own(pairs.keySet());
            Map<String, Entry> heads = heads();
            refuseUntying(own);
            left.values().forEach(entry -> problems.add("nothing in the model takes " + entry.name()));
            if (!problems.isEmpty()) {
                throw adapter.misfit(problems);
            }
            return new StoredAdapter(pairs, own, heads);
        }

        private Tensor stored(Map<String, String> layers, String layer) {
            String name = layers.get(layer);
            if (name == null || StoredQuantisation.holds(checkpoint, name)) {
                return null;
            }
            Entry entry = checkpoint.entry(name);
            return Tensors.wrap(entry.data(), entry.dtype(), checkpoint, entry.shape());
        }

        private Map<String, Pair> pairs(Map<String, String> layers) {
            if (layers.keySet().stream().noneMatch(settings::adapts)) {
                Set<String> kinds = new LinkedHashSet<>();
                layers.keySet().forEach(layer -> kinds.add(layer.substring(layer.lastIndexOf('.') + 1)));
                throw adapter.misfit(List.of(
                        "its target modules match no linear layer; this model has " + String.join(", ", kinds)));
            }
            if (settings.targetModules() instanceof TargetModules.Endings endings) {
                endings.unmatched(layers.keySet())
                        .forEach(ending -> problems.add("no linear layer is called " + ending));
            }
            Map<String, Pair> pairs = new LinkedHashMap<>();
            layers.forEach((layer, stored) -> {
                if (settings.adapts(layer)) {
                    long[] shape = StoredQuantisation.shape(checkpoint, stored);
                    Entry a = take(layer + ".lora_A.weight", settings.rank(), shape[1]);
                    Entry b = take(layer + ".lora_B.weight", shape[0], settings.rank());
                    pairs.put(layer, new Pair(a, b));
                }
            });
            return pairs;
        }

        private Entry take(String name, long... shape) {
            Entry entry = left.remove(name);
            if (entry == null) {
                problems.add(name + " is missing");
            } else if (!entry.dtype().isFloatingPoint() || !Arrays.equals(entry.shape(), shape)) {
                problems.add(entry + " does not fit " + Arrays.toString(shape));
            }
            return entry;
        }

        private Map<String, Entry> own(Set<String> adapted) {
            Map<String, Entry> own = new LinkedHashMap<>();
            for (String stored : checkpoint.names()) {
                String name = model.family().fullName(stored);
                String layer = layer(name);
                boolean bias = name.endsWith(BIAS) && switch (settings.bias()) {
                    case NONE -> false;
                    case ALL -> true;
                    case LORA_ONLY -> adapted.contains(layer);
                };
                boolean wanted = bias || settings.saves(name);
                if (!wanted || isClassHead(name) || isOfAnotherHead(name) || StoredQuantisation.isCompanion(name)) {
                    continue;
                }
                if (StoredQuantisation.holds(checkpoint, stored)) {
                    problems.add("it has values of its own for " + name + ", which the model has in four bits");
                }
                boolean wrapped = bias && adapted.contains(layer);
                own.put(name, take(wrapped ? layer + ".base_layer" + BIAS : name, checkpoint.entry(stored).shape()));
            }
            return own;
        }

        /** A head for classes is the adapter's, whether the model has one, perhaps for other classes, or none. */
        private Map<String, Entry> heads() {
            Map<String, Entry> heads = new LinkedHashMap<>();
            long width = model.config().input().wordSize();
            for (String name : List.copyOf(left.keySet())) {
                if (isClassHead(name)) {
                    long[] shape = left.get(name).shape();
                    boolean isOutput = layer(name).equals(head.output());
                    long rows = !isOutput ? width : shape.length == 0 ? 1 : shape[0];
                    heads.put(name, take(name, name.endsWith(BIAS) ? new long[] {rows} : new long[] {rows, width}));
                }
            }
            return heads;
        }

        private boolean isClassHead(String name) {
            return head.newLayers().contains(layer(name)) && settings.saves(name);
        }

        /** A classifier of texts has layers that an adapter of tokens replaces. */
        private boolean isOfAnotherHead(String name) {
            return model.head().newLayers().contains(layer(name)) && !head.equals(model.head());
        }

        private static String layer(String name) {
            return name.substring(0, Math.max(0, name.lastIndexOf('.')));
        }

        /** With one table for words and head, a value for one of the two would change the other as well. */
        private void refuseUntying(Map<String, Entry> own) {
            String words = model.family().names().of(ParameterNames.Part.WORD_EMBEDDINGS) + ".weight";
            boolean tied = model.config().layout().causal() && model.config().tieWordEmbeddings();
            if (tied && (own.containsKey(words) || left.remove("lm_head.weight") != null)) {
                problems.add("it has a table of its own for words or for the head, which this model shares"
                        + " (tie_word_embeddings)");
            }
        }
    }
}
