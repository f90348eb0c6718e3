/** Weights in four bits, as bitsandbytes defines and stores them, and linear layers that compute with them. */
package org.frugaltorch.finetune.quant;
