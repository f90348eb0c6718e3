package org.frugaltorch.finetune.method;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.lora.LoraBias;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.meft.AdapterSettings;
import org.frugaltorch.finetune.meft.Meft;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.TransformerBlock;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.finetune.tokentune.TokenSelection;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;

/**
 * What makes a model of any kind reversible: adapters in its layers, and how it is run with them.
 *
 * @param recipe of how it was made
 * @param meft runs the model, through all tokens
 * @param tokens that carry gradients in training; all when empty
 * @param lora low-rank corrections in its blocks, where those are the adapters
 */
public record ReversibleLayers(
        MeftRecipe recipe, Meft meft, Optional<TokenSelection> tokens, Optional<LoraAdapters> lora)
        implements AutoCloseable {
    private static final String LOW_RANK_MATRIX = ".lora_";

    /**
     * Freezes a model and gives it adapters. They are in float32 whatever the weights are: they are small, and small
     * steps would vanish in bfloat16.
     *
     * @param stacks of the model
     * @param model all its parameters
     * @param alsoTrained of which names other parameters stay trained, if they are
     * @param tokens that carry gradients in training; all when empty
     * @throws IllegalArgumentException when the recipe does not fit the model
     */
    static ReversibleLayers attach(
            List<TransformerStack> stacks, Parameters model, MeftRecipe recipe, Predicate<String> alsoTrained,
            Optional<TokenSelection> tokens) {
        Optional<LoraAdapters> lora =
                recipe.hasLora() ? Optional.of(lora(stacks, model, recipe)) : Optional.empty();
        try {
            Meft meft = Meft.attach(stacks, model, recipe.settings(), DType.FLOAT32,
                    alsoTrained.or(name -> name.contains(LOW_RANK_MATRIX)));
            return new ReversibleLayers(recipe, meft, tokens, lora);
        } catch (RuntimeException failure) {
            lora.ifPresent(LoraAdapters::close);
            throw failure;
        }
    }

    /** Corrections on the linear layers of the reversible blocks. */
    private static LoraAdapters lora(List<TransformerStack> stacks, Parameters model, MeftRecipe recipe) {
        MeftSettings settings = recipe.settings();
        AdapterSettings.LowRank adapter = (AdapterSettings.LowRank) settings.adapter();
        List<TransformerBlock> blocks = new ArrayList<>();
        for (TransformerStack stack : stacks) {
            int depth = stack.blocks().size();
            blocks.addAll(stack.blocks().subList(settings.frozenOf(depth), depth));
        }
        List<String> layers = BlockLayers.of(blocks, model).stream().filter(recipe.loraTargets()::matches).toList();
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("The LoRA target modules match no linear layer of a reversible block;"
                    + " blocks have " + String.join(", ", BlockLayers.of(blocks.subList(0, 1), model)));
        }
        LoraAdapters adapters = new LoraAdapters(model, DType.FLOAT32);
        try {
            adapters.add(AdaptedModel.ADAPTER, new LoraSettings(adapter.rank(), adapter.alpha(), adapter.dropout(),
                    new TargetModules.Endings(layers), false, LoraBias.NONE, List.of()));
            return adapters;
        } catch (RuntimeException failure) {
            adapters.close();
            throw failure;
        }
    }

    /** How the model is run in training. */
    public ActivationStrategy training() {
        return tokens.map(this::through).orElseGet(this::evaluation);
    }

    /** How it is run in training where some other tokens carry gradients. */
    public ActivationStrategy through(TokenSelection some) {
        return corrected(meft.over(some::select));
    }

    /** How it is run otherwise; it is no ordinary model any more. */
    public ActivationStrategy evaluation() {
        return corrected(meft);
    }

    private ActivationStrategy corrected(Meft run) {
        return lora.<ActivationStrategy>map(adapters -> adapters.under(run)).orElse(run);
    }

    /** What distinguishes runs whose trained weights may look alike. */
    Map<String, String> particulars() {
        return Map.of("reversible", recipe.settings().toString());
    }

    /** Releases what is kept beside the model; the adapters belong to the model. */
    @Override
    public void close() {
        lora.ifPresent(LoraAdapters::close);
    }
}
