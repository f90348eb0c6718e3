/** Help with words that people type. */
package org.frugaltorch.finetune.text;
