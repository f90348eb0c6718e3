package org.frugaltorch.finetune.instruction;

import java.util.Objects;

/**
 * A task in words and its answer.
 *
 * @param instruction what to do
 * @param input what to do it with; empty when the instruction says it all
 * @param output the answer to learn; empty when it is to be generated
 * @param where file and line, for messages
 */
public record InstructionExample(String instruction, String input, String output, String where) {
    public InstructionExample {
        Objects.requireNonNull(instruction, "instruction");
        input = Objects.requireNonNullElse(input, "");
        output = Objects.requireNonNullElse(output, "");
    }
}
