package org.frugaltorch.finetune.cli.doctor;

/** One part of the installation that {@code frugal doctor} looks at. */
interface Check {

    /** A word or two to print above what was found. */
    String title();

    /** Looks; an exception counts as a failed check, with its sentence. */
    Finding look();
}
