package org.frugaltorch.finetune.report;

/** Grows a page of HTML that is well-formed XML as well; all text is escaped. */
final class Html {
    private final StringBuilder page = new StringBuilder();

    /** Opens an element; attributes come as name, value, name, value. */
    Html open(String element, String... attributes) {
        start(element, attributes);
        page.append('>');
        return this;
    }

    Html close(String element) {
        page.append("</").append(element).append(">\n");
        return this;
    }

    /** An element that holds nothing but text. */
    Html element(String element, String text, String... attributes) {
        return open(element, attributes).text(text).close(element);
    }

    /** An element without content. */
    Html empty(String element, String... attributes) {
        start(element, attributes);
        page.append(" />\n");
        return this;
    }

    Html text(String text) {
        text.codePoints().forEach(this::escape);
        return this;
    }

    /** Markup of our own, as it is. */
    Html markup(String trusted) {
        page.append(trusted);
        return this;
    }

    @Override
    public String toString() {
        return page.toString();
    }

    private void start(String element, String... attributes) {
        page.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            page.append(' ').append(attributes[i]).append("=\"");
            text(attributes[i + 1]);
            page.append('"');
        }
    }

    private void escape(int symbol) {
        switch (symbol) {
            case '&' -> page.append("&amp;");
            case '<' -> page.append("&lt;");
            case '>' -> page.append("&gt;");
            case '"' -> page.append("&quot;");
            case '\n', '\t' -> page.append((char) symbol);
            // Control characters and lone surrogates have no place in a page.
            default -> page.appendCodePoint(Character.isISOControl(symbol)
                    || Character.getType(symbol) == Character.SURROGATE ? '\uFFFD' : symbol);
        }
    }
}
