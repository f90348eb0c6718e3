package org.frugaltorch.finetune.method;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.frugaltorch.finetune.lora.AdapterOrigin;
import org.frugaltorch.finetune.lora.AdapterPrecision;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.tokentune.TokenSelection;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * A language model made ready for a method: all of it trained, frozen with an adapter on it, or frozen and made
 * reversible; over dense weights or over weights in four bits.
 *
 * @param model owned by this
 * @param training how it is run in training
 * @param evaluation how it is run otherwise; always through all tokens
 * @param adapters with one adapter, the active one, on an otherwise ordinary model; empty where there is none
 * @param reversible what made the model reversible, if something did
 * @param particulars what distinguishes runs whose trained weights may look alike
 */
public record AdaptedModel(
        CausalLanguageModel model, ActivationStrategy training, ActivationStrategy evaluation,
        Optional<LoraAdapters> adapters, Optional<ReversibleLayers> reversible, Map<String, String> particulars)
        implements AutoCloseable {
    /** Name of the adapter, as PEFT calls one that nobody named. */
    public static final String ADAPTER = "default";

    /**
     * What models are made of.
     *
     * @param dtype of dense weights and computation
     * @param device where the weights are
     * @param lora the adapter, for methods that have one
     * @param quantisation of frozen weights, for methods that have some in four bits
     * @param precision of the adapter's matrices
     */
    public record Recipe(
            DType dtype, Device device, LoraSettings lora, Quantisation quantisation, AdapterPrecision precision) {
        /** On the CPU, with adapters in float32: they are small, and small steps would vanish in bfloat16. */
        public Recipe(DType dtype, LoraSettings lora, Quantisation quantisation) {
            this(dtype, Device.CPU, lora, quantisation, AdapterPrecision.FLOAT32);
        }

        /** The same on another device. */
        public Recipe on(Device other) {
            return new Recipe(dtype, other, lora, quantisation, precision);
        }

        /** What distinguishes runs whose trained weights may look alike. */
        public Map<String, String> particulars(Training training) {
            Map<String, String> particulars = new LinkedHashMap<>();
            if (training.isLowRank()) {
                particulars.put("loraRank", Integer.toString(lora.rank()));
                particulars.put("loraAlpha", Double.toString(lora.alpha()));
                particulars.put("loraDropout", Double.toString(lora.dropout()));
                particulars.put("loraPrecision", precision.toString());
                particulars.put("loraTargetModules", lora.targetModules().toString());
                if (lora.rankStabilised()) {
                    particulars.put("loraScale", "rank-stabilised");
                }
            }
            if (training == Training.QLORA) {
                particulars.put("fourBits", quantisation.format().checkpointName()
                        + (quantisation.doubleQuantisation() ? " twice" : ""));
            }
            return particulars;
        }
    }

    /** Where the model comes from. */
    @FunctionalInterface
    public interface Source {
        /** Loads or draws the model, treating each linear layer before the next one is made. */
        CausalLanguageModel make(LanguageModelSettings settings, LinearTreatment treatment);
    }

    // ---- for training -----------------------------------------------------------------------------------------------

    /**
     * Makes a model and what the method needs on it. Weights are quantised one after the other: of a model in four
     * bits, no more than one matrix is dense at a time.
     *
     * @throws IllegalArgumentException when method and recipe do not fit the model
     */
    public static AdaptedModel make(Source source, Method method, Recipe recipe) {
        boolean full = method.training() == Training.FULL;
        LanguageModelSettings settings =
                new LanguageModelSettings(Optional.of(recipe.dtype()), recipe.device(), name -> full, false);
        if (method.reversible().isPresent()) {
            return reversible(source, settings, method.reversible().get().computedIn(recipe.dtype()),
                    method::selection);
        }
        CausalLanguageModel model = source.make(settings,
                method.training() == Training.QLORA ? recipe.quantisation()::apply : LinearTreatment.NONE);
        try {
            ActivationStrategy training = method.strategy(model.stack().config());
            return full
                    ? ordinary(model, training)
                    : adapted(model, adapters(model, recipe), training, recipe.particulars(method.training()));
        } catch (RuntimeException failure) {
            model.close();
            throw failure;
        }
    }

    private static AdaptedModel ordinary(CausalLanguageModel model, ActivationStrategy training) {
        return new AdaptedModel(model, training, new KeepAll(), Optional.empty(), Optional.empty(), Map.of());
    }

    private static LoraAdapters adapters(CausalLanguageModel model, Recipe recipe) {
        LoraAdapters adapters = new LoraAdapters(model.parameters(), recipe.precision());
        adapters.add(ADAPTER, recipe.lora());
        return adapters;
    }

    /** An adapter's dropout acts in training alone, which strategies tell it. */
    private static AdaptedModel adapted(
            CausalLanguageModel model, LoraAdapters adapters, ActivationStrategy training,
            Map<String, String> particulars) {
        return new AdaptedModel(model, adapters.under(training), adapters.under(new KeepAll()), Optional.of(adapters),
                Optional.empty(), particulars);
    }

    /** @param tokens that carry gradients in training of a model of that kind; all when empty */
    private static AdaptedModel reversible(
            Source source, LanguageModelSettings settings, MeftRecipe recipe,
            Function<TransformerConfig, Optional<TokenSelection>> tokens) {
        CausalLanguageModel model = source.make(settings, recipe.treatment());
        try {
            ReversibleLayers layers = ReversibleLayers.attach(List.of(model.stack()), model.parameters(), recipe,
                    name -> false, tokens.apply(model.stack().config()));
            return new AdaptedModel(model, layers.training(), layers.evaluation(), Optional.empty(),
                    Optional.of(layers), layers.particulars());
        } catch (RuntimeException failure) {
            model.close();
            throw failure;
        }
    }

    // ---- on disk ----------------------------------------------------------------------------------------------------

    /**
     * Loads a model for use, nothing of it to be trained.
     *
     * @param adapter directory of what was trained on it: an adapter in PEFT's files, or what made it reversible; null
     *     for the model as it is
     * @throws DataException when files are damaged, or the adapter is none, or of another model
     */
    public static AdaptedModel load(ModelDirectory directory, Path adapter) {
        return load(directory, adapter, Device.CPU, Optional.empty());
    }

    /**
     * As {@link #load(ModelDirectory, Path)}, on a device; has the matrices quantised one after the other as they are
     * read, where a way to do so is given.
     *
     * @throws IllegalArgumentException when a matrix cannot be quantised, or the adapter brings its own word on that
     */
    public static AdaptedModel load(
            ModelDirectory directory, Path adapter, Device device, Optional<Quantisation> quantisation) {
        LanguageModelSettings settings = LanguageModelSettings.inference().on(device);
        if (adapter != null && MeftDirectory.isOne(adapter)) {
            if (quantisation.isPresent()) {
                throw new IllegalArgumentException("The adapters in " + adapter + " make the model reversible, and their"
                        + " configuration says whether its matrices are in four bits: leave out --load-in-4bit");
            }
            return loadReversible(directory, settings, adapter);
        }
        CausalLanguageModel model = directory.languageModel(
                settings, quantisation.<LinearTreatment>map(chosen -> chosen::apply).orElse(LinearTreatment.NONE));
        return adapter == null ? ordinary(model, new KeepAll()) : loadAdapter(model, adapter);
    }

    private static AdaptedModel loadAdapter(CausalLanguageModel model, Path adapter) {
        LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32);
        try {
            adapters.load(ADAPTER, adapter);
            return adapted(model, adapters, new KeepAll(), Map.of());
        } catch (RuntimeException failure) {
            adapters.close();
            model.close();
            throw failure;
        }
    }

    private static AdaptedModel loadReversible(
            ModelDirectory directory, LanguageModelSettings settings, Path adapter) {
        MeftFiles files = MeftFiles.open(adapter, directory);
        if (files.config().classes().isPresent()) {
            throw new DataException("The adapters in " + adapter + " belong to a classifier, not to a model that"
                    + " continues text: use them with frugal predict");
        }
        AdaptedModel adapted = reversible(
                directory::languageModel, settings, files.config().recipe(), config -> Optional.empty());
        try {
            files.readInto(adapted.model.parameters());
            return adapted;
        } catch (RuntimeException failure) {
            adapted.close();
            throw failure;
        }
    }

    /**
     * Writes what was trained: a whole model, an adapter in PEFT's files, or what made the model reversible; each with
     * the tokenizer. Either all of it is there afterwards, or what was there before.
     *
     * @param pretrained that it was made from
     */
    public void save(ModelDirectory pretrained, Path target) {
        if (adapters.isPresent()) {
            adapters.get().save(ADAPTER, target,
                    new AdapterOrigin(pretrained.path().toString(), AdapterOrigin.Task.CAUSAL_LM),
                    pretrained::copyTokenizer);
        } else if (reversible.isPresent()) {
            MeftFiles.write(
                    new MeftConfig(MeftFiles.named(pretrained), Optional.empty(), reversible.get().recipe()),
                    model.parameters(), pretrained::copyTokenizer, target);
        } else {
            pretrained.save(model, target);
        }
    }

    @Override
    public void close() {
        adapters.ifPresent(LoraAdapters::close);
        reversible.ifPresent(ReversibleLayers::close);
        model.close();
    }
}
