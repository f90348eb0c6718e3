/** Training small decoders from scratch on plain text. */
package org.frugaltorch.finetune.pretraining;
