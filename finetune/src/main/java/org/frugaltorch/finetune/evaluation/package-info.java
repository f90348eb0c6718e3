/** What a language model makes of questions with answers to choose from, without training. */
package org.frugaltorch.finetune.evaluation;
