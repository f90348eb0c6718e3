package org.frugaltorch.finetune.meft;

import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.tensor.DType;

/**
 * One way of some rows of a batch through layers.
 *
 * @param views of the groups of tokens, of these rows
 * @param mode of the pass; dropout follows from its seed
 * @param slice number of these rows among those of the batch
 * @param type of hidden states
 */
record Pass(AttentionView[] views, ForwardMode mode, int slice, DType type) {}
