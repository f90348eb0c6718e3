/**
 * Fine-tuned models in a running service. Any thread may ask, virtual ones too; each model computes on one thread of its
 * own, so that callers neither share libtorch's settings nor fight for its cores. What can be computed together and waits
 * when that thread becomes free is.
 */
package org.frugaltorch.finetune.service;
