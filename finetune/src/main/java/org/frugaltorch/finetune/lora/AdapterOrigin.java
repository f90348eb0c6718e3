package org.frugaltorch.finetune.lora;

/**
 * Where an adapter comes from, for those who load it.
 *
 * @param baseModel name or path of the model it was trained on
 * @param task what that model does
 */
public record AdapterOrigin(String baseModel, Task task) {
    /** Tasks by PEFT's names. */
    public enum Task {
        /** Predicting the next token. */
        CAUSAL_LM,
        /** Giving a sequence a class. */
        SEQ_CLS,
        /** Giving every token a class. */
        TOKEN_CLS,
        /** Something that PEFT has no name for, such as giving a picture a class. */
        OTHER
    }
}
