/**
 * Fine-tuned models in a running service. Any thread may ask, virtual ones too; each model computes on one thread of its
 * own, which takes what waits as one batch, so that callers neither share libtorch's settings nor fight for its cores.
 */
package org.frugaltorch.finetune.service;
