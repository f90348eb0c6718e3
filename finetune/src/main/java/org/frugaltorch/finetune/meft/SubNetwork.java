package org.frugaltorch.finetune.meft;

import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.tensor.Tensor;

/** One of the two networks of a coupling. */
@FunctionalInterface
interface SubNetwork {
    /**
     * Computes all groups of tokens; only of the first one anything is recorded.
     *
     * @param states of tokens that carry gradients, then, where there are any, of those that are constants [B, P, H]
     * @param views of the same groups
     * @return one a group, of the shape of its states, in the innermost scope; of a block of which some tokens alone are
     *     read, those of the first group [B, 1, H], and no other group
     */
    Tensor[] apply(Tensor[] states, AttentionView[] views, ForwardMode mode);
}
