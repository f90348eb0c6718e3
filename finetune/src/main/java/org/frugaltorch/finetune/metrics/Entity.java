package org.frugaltorch.finetune.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * A run of words that tags mark as one thing. Tags are {@code O} for words outside of any, or one of {@code B},
 * {@code I}, {@code E} and {@code S}, alone or with a type behind a dash: IOB1, IOB2 and BIOES are all read by one
 * rule, which also says what tags mean that break their scheme.
 *
 * <p>The rule is that of the script {@code conlleval} of the CoNLL shared tasks, which seqeval follows unless told to
 * be strict: between two words inside an entity there is a border if the second begins one (B, S), the first ends one
 * (E, S), or their types differ. What stands between two borders is an entity, whatever its tags are.
 *
 * @param type what it is; {@code _} where tags have no type
 * @param first number of its first word
 * @param last number of its last word
 */
public record Entity(String type, int first, int last) {
    /** The tag of words outside of any entity. */
    public static final String OUTSIDE = "O";

    private static final String UNTYPED = "_";
    private static final String BEGINNERS = "BS";
    private static final String ENDERS = "ES";

    /** The entities of a sequence of tags, in order. */
    public static List<Entity> of(List<String> tags) {
        List<Entity> entities = new ArrayList<>();
        int first = -1;
        for (int i = 0; i < tags.size(); i++) {
            if (isOutside(tags.get(i))) {
                continue;
            }
            if (i == 0 || isBorder(tags.get(i - 1), tags.get(i))) {
                first = i;
            }
            if (i + 1 == tags.size() || isBorder(tags.get(i), tags.get(i + 1))) {
                entities.add(new Entity(type(tags.get(i)), first, i));
            }
        }
        return entities;
    }

    private static boolean isBorder(String before, String after) {
        return isOutside(before) || isOutside(after)
                || BEGINNERS.indexOf(after.charAt(0)) >= 0
                || ENDERS.indexOf(before.charAt(0)) >= 0
                || !type(before).equals(type(after));
    }

    private static boolean isOutside(String tag) {
        return tag.equals(OUTSIDE);
    }

    /** The type that a tag names. */
    public static String type(String tag) {
        return tag.length() > 2 ? tag.substring(2) : UNTYPED;
    }
}
