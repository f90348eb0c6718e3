package org.frugaltorch.finetune.importer;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A tag of the Brown corpus, which says more of a word than its part of speech: that it is foreign ({@code fw-}), in a
 * title ({@code -tl}), in a headline ({@code -hl}) or quoted as a word ({@code -nc}); and of words written as one,
 * such as "he's", all parts ({@code pps+bez}).
 *
 * @param text as it is in the corpus, in lower case
 */
record BrownTag(String text) {
    private static final Pattern CIRCUMSTANCES = Pattern.compile("(-(tl|hl|nc|t|n))+$");
    /** Of a possessive, and of a verb that is negated. */
    private static final Pattern ENDINGS = Pattern.compile("[$*]+$");
    private static final String FOREIGN = "fw-";
    private static final String OTHER = "X";
    private static final Map<String, String> CLASSES = new HashMap<>();

    static {
        put("NOUN", "nn nns nr nrs");
        put("PROPN", "np nps");
        put("PRON", "pn pp ppl ppls ppo pps ppss wp wpo wps ex");
        put("DET", "abl abn abx at dt dti dts dtx wdt");
        put("ADJ", "ap jj jjr jjs jjt od");
        put("ADV", "ql qlp rb rbr rbt rn wql wrb");
        put("VERB", "vb vbd vbg vbn vbz");
        put("AUX", "be bed bedz beg bem ben ber bez do dod doz hv hvd hvg hvn hvz md");
        put("ADP", "in");
        put("SCONJ", "cs");
        put("CCONJ", "cc");
        put("NUM", "cd");
        put("PART", "rp to *");
        put("INTJ", "uh");
        put("PUNCT", ". , : ( ) -- ' '' ``");
    }

    BrownTag {
        text = text.toLowerCase(Locale.ROOT);
    }

    private static void put(String name, String tags) {
        for (String tag : tags.split(" ")) {
            CLASSES.put(tag, name);
        }
    }

    /** Without what does not concern the part of speech. */
    String plain() {
        String plain = CIRCUMSTANCES.matcher(text).replaceFirst("");
        return plain.startsWith(FOREIGN) ? plain.substring(FOREIGN.length()) : plain;
    }

    /**
     * The part of speech as far as the tag alone tells it, by the names of Universal Dependencies: of words written
     * as one that of the first, {@code X} of foreign ones.
     */
    String partOfSpeech() {
        if (text.startsWith(FOREIGN)) {
            return OTHER;
        }
        String first = plain().split("\\+", 2)[0];
        String bare = CLASSES.containsKey(first) ? first : ENDINGS.matcher(first).replaceFirst("");
        return CLASSES.getOrDefault(bare, OTHER);
    }
}
