package org.frugaltorch.finetune.lora;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.FinalStates;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.LookedAt;
import org.frugaltorch.finetune.model.StackOutput;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.io.AtomicDirectory;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;

/**
 * The low-rank adapters of a model. Making this object freezes the model; each adapter adds trainable matrices to some of
 * its linear layers, under names like {@code model.layers.0.self_attn.q_proj.lora_A.default.weight} among the model's
 * parameters. One adapter at a time is active.
 *
 * <p>An adapter's dropout acts in training alone, so training runs through {@link #under}.
 */
public final class LoraAdapters implements AutoCloseable {
    private final Parameters model;
    private final UnaryOperator<DType> typeOver;
    private final LoraSwitch state = new LoraSwitch();
    private final Map<String, Adapter> adapters = new LinkedHashMap<>();
    private String active;
    private boolean merged;

    /**
     * A model without adapters, frozen.
     *
     * @param precision of new matrices
     */
    public LoraAdapters(Parameters model, AdapterPrecision precision) {
        this(model, precision::over);
    }

    /**
     * The same with adapters of one type, whatever they are on.
     *
     * @param adapterType of new matrices
     */
    public LoraAdapters(Parameters model, DType adapterType) {
        this(model, any -> adapterType);
        if (!adapterType.isFloatingPoint()) {
            throw new IllegalArgumentException("Adapters cannot be of type " + adapterType.torchName());
        }
    }

    private LoraAdapters(Parameters model, UnaryOperator<DType> typeOver) {
        this.model = model;
        this.typeOver = typeOver;
        for (Tensor parameter : model.trainable()) {
            parameter.setRequiresGrad(false);
        }
    }

    // ---- adapters of a model ----------------------------------------------------------------------------------------

    /**
     * Adds an adapter that changes nothing yet, drawn from the engine's generator, and makes it the active one.
     *
     * @throws IllegalArgumentException when the name is taken or the settings do not fit the model
     */
    public void add(String name, LoraSettings settings) {
        settings.targetModules().requireIn(model.linears().keySet());
        List<String> unknown = settings.modulesToSave().stream()
                .filter(module -> model.asMap().keySet().stream().noneMatch(w -> LoraSettings.isPartOf(module, w)))
                .toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("The model has no module " + String.join(" or ", unknown) + " to save");
        }
        create(name, settings);
    }

    /**
     * Adds the adapter in a directory that PEFT or {@link #save} wrote, and makes it the active one.
     *
     * @throws org.frugaltorch.io.DataException when the directory holds no adapter for this model
     */
    public void load(String name, Path directory) {
        try (AdapterDirectory saved = AdapterDirectory.open(directory)) {
            saved.requireBase(UnaryOperator.identity(), model.asMap()::get);
            create(name, saved.settings());
            try {
                saved.readInto(adapter(name).storedTensors());
            } catch (RuntimeException failure) {
                remove(name);
                throw failure;
            }
        }
    }

    /**
     * Writes an adapter as PEFT does: {@code adapter_config.json} and {@code adapter_model.safetensors}. An existing
     * directory is replaced.
     */
    public void save(String name, Path directory, AdapterOrigin origin) {
        save(name, directory, origin, target -> {});
    }

    /**
     * Writes the same with more files beside.
     *
     * @param more writes them, such as those of the tokenizer
     */
    public void save(String name, Path directory, AdapterOrigin origin, AtomicDirectory.Content more) {
        Adapter adapter = adapter(name);
        AtomicDirectory.write(directory, target -> {
            more.writeTo(target);
            AdapterDirectory.write(target, adapter.settings(), List.copyOf(adapter.pairs().keySet()), origin,
                    adapter.storedTensors());
        });
    }

    /** Takes an adapter off the model and forgets it. */
    public void remove(String name) {
        Adapter adapter = adapter(name);
        if (name.equals(active)) {
            disable();
        }
        adapter.remove();
        adapters.remove(name);
    }

    /** Names of all adapters, in order of addition. */
    public Set<String> names() {
        return Collections.unmodifiableSet(adapters.keySet());
    }

    /**
     * An adapter's settings.
     *
     * @throws IllegalArgumentException when there is none of that name
     */
    public LoraSettings settings(String name) {
        return adapter(name).settings();
    }

    private Adapter adapter(String name) {
        Adapter adapter = adapters.get(name);
        if (adapter == null) {
            throw new IllegalArgumentException("There is no adapter '" + name + "': there are " + adapters.keySet());
        }
        return adapter;
    }

    private void create(String name, LoraSettings settings) {
        if (name.isEmpty() || name.contains(".") || adapters.containsKey(name)) {
            throw new IllegalArgumentException("'" + name + "' is no name for a new adapter: it must be"
                    + " neither empty nor taken, and without dots");
        }
        List<String> layers = model.linears().keySet().stream().filter(settings::adapts).toList();
        if (layers.isEmpty()) {
            boolean saved = model.linears().keySet().stream().anyMatch(settings.targetModules()::matches);
            throw new IllegalArgumentException(saved
                    ? "The target modules match only what is trained in full anyway: "
                            + String.join(", ", settings.modulesToSave())
                    : TargetModules.matchNone(model.linears().keySet()));
        }
        disable(); // own values must begin with those of the model
        adapters.put(name, new Adapter(model, name, settings, layers, typeOver, state));
        activate(name);
    }

    // ---- which one computes -----------------------------------------------------------------------------------------

    /** The active adapter; none while all are disabled. */
    public Optional<String> active() {
        return Optional.ofNullable(active);
    }

    /** Makes an adapter the one that computes and trains. */
    public void activate(String name) {
        Adapter adapter = adapter(name);
        disable();
        active = name;
        state.compute(name);
        adapter.activate(true);
    }

    /** Leaves the model as it was without adapters, until one is activated. */
    public void disable() {
        if (active != null) {
            unmerge();
            adapters.get(active).activate(false);
            state.compute(null);
            active = null;
        }
    }

    /** The same strategy for this model: adapters' dropout acts when it runs in training. */
    public ActivationStrategy under(ActivationStrategy strategy) {
        return new ActivationStrategy() {
            @Override
            public StackOutput run(
                    TransformerStack stack, TokenBatch batch, ForwardMode mode, FinalStates wanted) {
                state.train(mode.training());
                return strategy.run(stack, batch, mode, wanted);
            }

            @Override
            public Tensor read(
                    TransformerStack stack, TokenGroup tokens, AttentionView view, LookedAt lookedAt) {
                state.train(false);
                return strategy.read(stack, tokens, view, lookedAt);
            }
        };
    }

    // ---- merging ----------------------------------------------------------------------------------------------------

    /** Whether the active adapter is part of the matrices at the moment. */
    public boolean isMerged() {
        return merged;
    }

    /**
     * Adds the active adapter to the matrices, so that computing costs nothing more. {@link #unmerge} takes it out again,
     * up to rounding in the type of the matrices.
     *
     * @throws IllegalStateException when no adapter is active, or it is on a matrix that is not dense
     */
    public void merge() {
        if (!merged) {
            new Merging(model).add(requireActive(), 1);
            merged = true;
            state.compute(null);
        }
    }

    /** Takes a merged adapter out of the matrices; does nothing when none is merged. */
    public void unmerge() {
        if (merged) {
            new Merging(model).add(requireActive(), -1);
            merged = false;
            state.compute(active);
        }
    }

    /**
     * Makes the model a plain one of dense matrices with the active adapter in them, and forgets all adapters. Quantised
     * matrices are restored for it, also those without an adapter.
     *
     * @param type of matrices that were not dense
     * @throws IllegalStateException when no adapter is active
     */
    public void mergeAndUnload(DType type) {
        Adapter adapter = requireActive();
        Merging merging = new Merging(model);
        merging.makeDense(type);
        if (!merged) {
            merging.add(adapter, 1);
        }
        merged = false;
        adapter.keepOwnValues();
        state.compute(null);
        active = null;
        new ArrayList<>(adapters.keySet()).forEach(this::remove);
    }

    private Adapter requireActive() {
        if (active == null) {
            throw new IllegalStateException("No adapter is active: activate one of " + adapters.keySet());
        }
        return adapters.get(active);
    }

    /** Releases what is kept beside the model; the adapters' matrices belong to the model. */
    @Override
    public void close() {
        adapters.values().forEach(Adapter::close);
    }
}
