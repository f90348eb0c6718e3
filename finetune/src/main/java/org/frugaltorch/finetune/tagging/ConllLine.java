package org.frugaltorch.finetune.tagging;

/**
 * A line of a file.
 *
 * @param kind what it is
 * @param text as it is, without blanks at its end if it is a row
 */
record ConllLine(Kind kind, String text) {
    /** Kinds of lines. */
    enum Kind {
        /** A word with its columns. */
        WORD,
        /** The row that begins a document. */
        DOCUMENT,
        /** A row of CoNLL-U that stands for several words, or for one that was left out. */
        NO_WORD,
        /** A comment, or the end of a sentence. */
        OTHER
    }
}
