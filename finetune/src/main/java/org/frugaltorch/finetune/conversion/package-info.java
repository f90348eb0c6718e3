/** Models on disk made into others on disk, tensor by tensor, without building them. */
package org.frugaltorch.finetune.conversion;
