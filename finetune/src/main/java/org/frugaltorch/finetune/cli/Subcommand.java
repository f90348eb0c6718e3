package org.frugaltorch.finetune.cli;

/**
 * A command of {@code frugal} that is no part of this module: an annotated command of picocli with a public constructor
 * without arguments, told to Java's {@link java.util.ServiceLoader}. It is there when its jar is.
 */
public interface Subcommand {}
