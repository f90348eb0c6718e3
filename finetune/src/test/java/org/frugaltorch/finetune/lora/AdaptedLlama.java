package org.frugaltorch.finetune.lora;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;

/** A tiny Llama with adapters and nothing else to train. */
final class AdaptedLlama implements AutoCloseable {
    /** What the adapters are on. */
    enum Base {
        DENSE("lora"),
        FOUR_BITS("qlora");

        private final String goldenName;

        Base(String goldenName) {
            this.goldenName = goldenName;
        }

        /** What golden values call adapters on it. */
        String goldenName() {
            return goldenName;
        }

        private LinearTreatment treatment(DType type) {
            return this == DENSE ? LinearTreatment.NONE : new Quantisation(FourBitFormat.NF4, true, type)::apply;
        }
    }

    final CausalLanguageModel model;
    final LoraAdapters adapters;

    /** @param directory of the dense model */
    AdaptedLlama(Path directory, Base base, DType type, AdapterPrecision precision) {
        LanguageModelSettings settings = new LanguageModelSettings(Optional.of(type), Device.CPU, name -> false, false);
        model = ModelDirectory.open(directory).languageModel(settings, base.treatment(type));
        adapters = new LoraAdapters(model.parameters(), precision);
    }

    /** An adapter on every linear layer of the blocks, none of whose matrices is zero. */
    void addAdapter(double dropout) {
        addAdapter(dropout, TargetModules.ALL_LINEAR);
    }

    /** An adapter none of whose matrices is zero. */
    void addAdapter(double dropout, TargetModules targets) {
        adapters.add("default", new LoraSettings(4, 8, dropout, targets, false, LoraBias.NONE, List.of()));
        Engine.seed(2);
        model.parameters().trainable().forEach(matrix -> matrix.detach().normalInPlace(0, 0.1));
    }

    Tensor loss(ActivationStrategy strategy, Golden golden, LanguageLoss computation) {
        return loss(strategy, golden, computation, 1);
    }

    /** @param seed of the pass, which the selection of tokens follows from */
    Tensor loss(ActivationStrategy strategy, Golden golden, LanguageLoss computation, long seed) {
        return model.loss(adapters.under(strategy), golden.languageBatch(), ForwardMode.train(seed), computation);
    }

    /** Of the adapter's matrices; nothing else has any. */
    Map<String, Tensor> gradients() {
        Map<String, Tensor> gradients = new TreeMap<>();
        model.parameters().asMap().forEach((name, parameter) -> {
            Tensor gradient = parameter.grad();
            if (name.contains(".lora_")) {
                assertThat(gradient).as("gradient of " + name).isNotNull();
                gradients.put(name, gradient);
            } else {
                assertThat(gradient).as("gradient of " + name).isNull();
            }
        });
        return gradients;
    }

    @Override
    public void close() {
        adapters.close();
        model.close();
    }
}
