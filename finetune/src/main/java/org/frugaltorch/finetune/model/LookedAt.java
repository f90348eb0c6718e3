package org.frugaltorch.finetune.model;

/** What tokens look at in every block, when that is not just themselves: for texts whose beginnings are known already. */
@FunctionalInterface
public interface LookedAt {
    /** Tokens that look at one another alone. */
    LookedAt THEMSELVES = (layer, own) -> own;

    /**
     * Keys and values of everything that is looked at.
     *
     * @param layer number of the block, from 0
     * @param own of the tokens that are run
     */
    KeyValue in(int layer, KeyValue own);
}
