/**
 * Labels for the words of sentences: entities (IOB1, IOB2, BIOES) or plain ones such as parts of speech, from files
 * in the columns of the CoNLL shared tasks to a trained model, its scores and its answers.
 */
package org.frugaltorch.finetune.tagging;
