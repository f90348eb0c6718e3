/** Texts that people type or write into files: words near to others, and configurations. */
package org.frugaltorch.finetune.text;
