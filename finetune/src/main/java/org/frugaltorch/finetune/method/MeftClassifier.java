package org.frugaltorch.finetune.method;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.lora.LoraBias;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.meft.AdapterSettings;
import org.frugaltorch.finetune.meft.Meft;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.model.OutputHeads;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.TransformerBlock;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.finetune.tokentune.TokenSelection;
import org.frugaltorch.tensor.DType;

/**
 * A classifier made reversible: frozen but for adapters and the new layers of its head.
 *
 * @param model owned by this
 * @param recipe of how it was made
 * @param training how it is run in training
 * @param evaluation how it is run otherwise; it is no ordinary model any more
 * @param lora low-rank corrections in its blocks, where those are the adapters
 */
public record MeftClassifier(
        SequenceClassifier model, MeftRecipe recipe, ActivationStrategy training, ActivationStrategy evaluation,
        Optional<LoraAdapters> lora) implements AutoCloseable {
    private static final String ADAPTER = "default";
    private static final String LOW_RANK_MATRIX = ".lora_";

    /**
     * Makes a classifier and what is trained in it. Adapters are in float32 whatever the weights are: they are small, and
     * small steps would vanish in bfloat16.
     *
     * @param tokens that carry gradients in training of a model of that kind; all when empty
     * @throws IllegalArgumentException when the recipe does not fit the model
     */
    public static MeftClassifier make(
            ClassifierSource source, MeftRecipe recipe, Function<TransformerConfig, Optional<TokenSelection>> tokens) {
        LinearTreatment treatment =
                recipe.quantisation().<LinearTreatment>map(how -> how::apply).orElse(LinearTreatment.NONE);
        SequenceClassifier model = source.make(treatment);
        Optional<LoraAdapters> lora = Optional.empty();
        try {
            lora = recipe.hasLora() ? Optional.of(lora(model, recipe)) : lora;
            Meft meft = Meft.attach(model.backbone().stacks(), model.parameters(), recipe.settings(), DType.FLOAT32,
                    name -> isOfHead(name) || name.contains(LOW_RANK_MATRIX));
            model.parameters().asMap().forEach((name, parameter) -> {
                if (isOfHead(name)) {
                    parameter.setRequiresGrad(true);
                }
            });
            ActivationStrategy training = tokens.apply(model.stack().config())
                    .<ActivationStrategy>map(some -> meft.over(some::select)).orElse(meft);
            return lora.isEmpty()
                    ? new MeftClassifier(model, recipe, training, meft, lora)
                    : new MeftClassifier(model, recipe, lora.get().under(training), lora.get().under(meft), lora);
        } catch (RuntimeException failure) {
            lora.ifPresent(LoraAdapters::close);
            model.close();
            throw failure;
        }
    }

    private static boolean isOfHead(String parameter) {
        int dot = parameter.lastIndexOf('.');
        return dot > 0 && OutputHeads.contains(parameter.substring(0, dot));
    }

    /** Corrections on the linear layers of the reversible blocks. */
    private static LoraAdapters lora(SequenceClassifier model, MeftRecipe recipe) {
        MeftSettings settings = recipe.settings();
        AdapterSettings.LowRank adapter = (AdapterSettings.LowRank) settings.adapter();
        List<TransformerBlock> blocks = new ArrayList<>();
        for (TransformerStack stack : model.backbone().stacks()) {
            int depth = stack.blocks().size();
            blocks.addAll(stack.blocks().subList(settings.frozenOf(depth), depth));
        }
        List<String> layers = BlockLayers.of(blocks, model.parameters()).stream()
                .filter(recipe.loraTargets()::matches).toList();
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("The LoRA target modules match no linear layer of a reversible block;"
                    + " blocks have " + String.join(", ", BlockLayers.of(blocks.subList(0, 1), model.parameters())));
        }
        LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32);
        try {
            adapters.add(ADAPTER, new LoraSettings(adapter.rank(), adapter.alpha(), adapter.dropout(),
                    new TargetModules.Endings(layers), false, LoraBias.NONE, List.of()));
            return adapters;
        } catch (RuntimeException failure) {
            adapters.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        lora.ifPresent(LoraAdapters::close);
        model.close();
    }
}
