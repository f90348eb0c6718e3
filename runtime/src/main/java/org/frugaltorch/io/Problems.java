package org.frugaltorch.io;

import java.util.List;

/** Tells of several problems in one sentence. */
public final class Problems {
    private static final int MOST_SHOWN = 5;

    private Problems() {}

    /** The first few, joined by semicolons, and how many there are besides. */
    public static String told(List<String> problems) {
        int hidden = problems.size() - MOST_SHOWN;
        return String.join("; ", problems.subList(0, Math.min(problems.size(), MOST_SHOWN)))
                + (hidden > 0 ? "; and " + hidden + " more" : "");
    }
}
