/**
 * Low-rank adapters: training a small correction of frozen linear layers, and its exchange with PEFT. Works on any model
 * whose {@link org.frugaltorch.nn.Parameters} know their linear layers, whatever keeps their matrices.
 */
package org.frugaltorch.finetune.lora;
