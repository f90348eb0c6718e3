package org.frugaltorch.jmh.bench;

import java.util.Set;

/** Which methods the Python programs know; PEFT has no selection of tokens, plain PyTorch is given no adapters. */
final class PythonMethods {
    private static final Set<String> OF_LIBRARIES = Set.of("full", "recompute", "lora", "lora+recompute", "qlora");

    private PythonMethods() {}

    static boolean knows(Implementation implementation, String method) {
        return switch (implementation) {
            case TRANSFORMERS -> OF_LIBRARIES.contains(method);
            case PYTORCH -> method.equals("full") || method.equals("recompute") || method.matches("tokentune-[0-9.]+")
                    || method.startsWith("meft");
            default -> false;
        };
    }
}
