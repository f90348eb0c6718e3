package org.frugaltorch.finetune.report;

/**
 * A picture of the report.
 *
 * @param title       heading
 * @param caption     what the picture shows, in a sentence
 * @param alternative what the picture says, for those who cannot see it
 * @param png         the picture
 */
public record Figure(String title, String caption, String alternative, byte[] png) {}
