package org.frugaltorch.finetune.meft;

import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.model.ReadTokens;
import org.frugaltorch.finetune.train.Seeds;
import org.frugaltorch.tensor.Tensor;

/**
 * One layer of the reversible stack: {@code y1 = lambda h1 + F(h2)}, {@code y2 = beta h2 + G(y1)}.
 *
 * @param layer its number in the model, from 0; seeds follow from it
 * @param f reads the second stream and changes the first
 * @param g reads the new first stream and changes the second
 * @param lambda of the first stream
 * @param beta of the second stream
 * @param exchanges whether the streams are exchanged afterwards
 * @param read the tokens of the first group whose results are read; null for all of every group
 */
record Coupling(
        int layer, SubNetwork f, SubNetwork g, Factor lambda, Factor beta, boolean exchanges, ReadTokens read) {
    private static final int F = 0;
    private static final int G = 1;

    static Coupling of(MeftSettings settings, int layer, AdaptedBlock block) {
        MeftVariant variant = settings.variant();
        return new Coupling(layer, variant.first(block), variant.second(block), settings.first(), settings.second(),
                variant.exchanges(), block.read());
    }

    /** F as something that is run with its own seed. */
    Part first() {
        return new Part(f, lambda, layer, F);
    }

    /** G likewise. */
    Part second() {
        return new Part(g, beta, layer, G);
    }

    /** A sub-network with the factor of the stream that it changes. */
    record Part(SubNetwork network, Factor factor, int layer, int role) {
        /** The network's results, of the same chance whenever they are computed. */
        Tensor[] run(Tensor[] states, Pass pass) {
            if (pass.mode().training()) {
                Engine.seed(Seeds.of(pass.mode().seed(), layer, role, pass.slice()));
            }
            return network.apply(states, pass.views(), pass.mode());
        }
    }
}
