package org.frugaltorch.finetune.data;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.frugaltorch.io.DataException;

/** The classes of a task; an id is the position in {@link #names()}. */
public final class LabelSet {
    private static final int SHOWN = 30;

    private final List<String> names;
    private final Map<String, Integer> ids = new HashMap<>();

    private LabelSet(List<String> names) {
        this.names = names;
        for (String name : names) {
            if (ids.put(name, ids.size()) != null) {
                throw new IllegalArgumentException("the label '" + name + "' is given twice");
            }
        }
    }

    /** Labels in the given order, as a saved model lists them. */
    public static LabelSet of(List<String> names) {
        return new LabelSet(List.copyOf(names));
    }

    /**
     * The labels of training {@code examples}, in natural order: {@code 2} before {@code 10}.
     *
     * @throws DataException if there are fewer than two
     */
    public static LabelSet of(Examples examples) {
        Collection<String> found = new TreeSet<>(naturalOrder());
        examples.rows().forEach(example -> found.add(labelled(example)));
        if (found.size() < 2) {
            throw new DataException("every example in " + examples.file() + " has the label '" + found.iterator().next()
                    + "'; a classifier needs at least two labels");
        }
        return new LabelSet(List.copyOf(found));
    }

    /** Labels in natural order, each once. */
    public static LabelSet sorted(Collection<String> names) {
        Collection<String> sorted = new TreeSet<>(naturalOrder());
        sorted.addAll(names);
        return new LabelSet(List.copyOf(sorted));
    }

    /**
     * The same labels in the order in which a model gives scores to them, so that its head can go on.
     *
     * @param known what the model has names for; if these are other labels, this set stays as it is
     */
    public LabelSet inOrderOf(List<String> known) {
        return known.size() == size() && ids.keySet().containsAll(known) ? of(known) : this;
    }

    private static String labelled(TextExample example) {
        if (example.label() == null) {
            throw new IllegalArgumentException("the examples were read without a label column");
        }
        return example.label();
    }

    /** How many labels there are. */
    public int size() {
        return names.size();
    }

    /** All labels by id. */
    public List<String> names() {
        return names;
    }

    /** The label with number {@code id}. */
    public String name(int id) {
        return names.get(id);
    }

    /** Whether {@code label} is one of these. */
    public boolean contains(String label) {
        return ids.containsKey(label);
    }

    /**
     * The number of {@code label}.
     *
     * @throws DataException if there is no such label
     */
    public int id(String label) {
        Integer id = ids.get(label);
        if (id == null) {
            throw new DataException(unknown(label));
        }
        return id;
    }

    /**
     * The number of {@code label}.
     *
     * @param where it is, for messages
     * @throws DataException if there is no such label
     */
    public int id(String label, Supplier<String> where) {
        Integer id = ids.get(label);
        if (id == null) {
            throw new DataException(where.get() + ": " + unknown(label));
        }
        return id;
    }

    /**
     * The numbers of the labels of {@code examples}.
     *
     * @throws DataException if one is not among these, with the row it is in
     */
    public int[] ids(Examples examples) {
        int[] result = new int[examples.size()];
        for (int i = 0; i < result.length; i++) {
            int row = i;
            result[row] = id(labelled(examples.rows().get(row)), () -> examples.where(row));
        }
        return result;
    }

    private String unknown(String label) {
        String known = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
        String more = names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "";
        return "the label '" + label + "' is not known from training; known are " + known + more;
    }

    /** Runs of digits compare as numbers, all else by character; equal only if the texts are. */
    static Comparator<String> naturalOrder() {
        return LabelSet::compareNaturally;
    }

    private static int compareNaturally(String left, String right) {
        int l = 0;
        int r = 0;
        while (l < left.length() && r < right.length()) {
            int leftEnd = digitsEnd(left, l);
            int rightEnd = digitsEnd(right, r);
            int order;
            if (leftEnd > l && rightEnd > r) {
                order = compareDigits(left.substring(l, leftEnd), right.substring(r, rightEnd));
            } else {
                order = Character.compare(left.charAt(l), right.charAt(r));
                leftEnd = l + 1;
                rightEnd = r + 1;
            }
            if (order != 0) {
                return order;
            }
            l = leftEnd;
            r = rightEnd;
        }
        int rest = Integer.compare(left.length() - l, right.length() - r);
        return rest != 0 ? rest : left.compareTo(right);
    }

    private static int digitsEnd(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    /** By value without parsing: numbers in labels may be longer than any integer type. */
    private static int compareDigits(String left, String right) {
        String leftValue = left.replaceFirst("^0+", "");
        String rightValue = right.replaceFirst("^0+", "");
        int byLength = Integer.compare(leftValue.length(), rightValue.length());
        return byLength != 0 ? byLength : leftValue.compareTo(rightValue);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelSet set && names.equals(set.names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    @Override
    public String toString() {
        return names.toString();
    }
}
