package org.frugaltorch.finetune.generation;

/**
 * How a text goes on.
 *
 * @param text without what the prompt said
 * @param promptTokens tokens of the prompt
 * @param newTokens tokens of the text, with the one that ended it
 */
public record Completion(String text, int promptTokens, int newTokens) {}
