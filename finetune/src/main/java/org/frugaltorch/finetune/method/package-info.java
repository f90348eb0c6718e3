/**
 * Methods by name: which weights are trained, by which tokens' gradients, keeping which activations. This is where
 * adapters, quantisation and token selection, which know nothing of one another, meet.
 */
package org.frugaltorch.finetune.method;
