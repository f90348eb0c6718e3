/**
 * Reversible fine-tuning ("Make pre-trained model reversible: from parameter to memory efficient fine-tuning", Liao et al.
 * 2023): small adapters turn the stack of a pretrained model into a reversible one, whose activations are computed back
 * from its output instead of being kept. Works on any {@link org.frugaltorch.finetune.model.TransformerStack}.
 */
package org.frugaltorch.finetune.meft;
