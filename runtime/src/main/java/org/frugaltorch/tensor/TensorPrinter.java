package org.frugaltorch.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The text of a tensor, as PyTorch prints it with its default settings. The one difference: a tensor that an operator
 * made of others that require gradients shows {@code requires_grad=True} where PyTorch names the operator.
 */
final class TensorPrinter {
    private static final int LINE_WIDTH = 80;
    private static final int EDGE_ITEMS = 3;
    private static final long LONGEST_IN_FULL = 1000;
    private static final String PREFIX = "tensor(";
    private static final Operator VIEW_AS_REAL = Operator.of("aten::view_as_real");

    private final boolean abridged;
    private final long[] shape;
    private final long[] shown;
    private final String[] cells;
    private final int cellWidth;
    private int next;

    /** Elements of a row-major block, {@code shown}, of which larger dimensions were cut down to their ends. */
    private TensorPrinter(Tensor tensor) {
        shape = tensor.shape();
        abridged = tensor.elementCount() > LONGEST_IN_FULL;
        Tensor ends = tensor;
        for (int d = 0; d < shape.length && abridged; d++) {
            if (isCut(d)) {
                ends = Tensors.cat(d, ends.narrow(d, 0, EDGE_ITEMS), ends.narrow(d, shape[d] - EDGE_ITEMS, EDGE_ITEMS));
            }
        }
        shown = ends.shape();
        DType type = tensor.dtype();
        if (type.isWhole()) {
            String[] texts = whole(ends, type);
            cellWidth = Arrays.stream(texts).mapToInt(String::length).max().orElse(1);
            cells = Arrays.stream(texts).map(text -> NumberForm.padded(text, cellWidth)).toArray(String[]::new);
        } else if (type.isFloatingPoint()) {
            double[] values = ends.toDoubles();
            NumberForm form = new NumberForm(values);
            cellWidth = form.width();
            cells = Arrays.stream(values).mapToObj(form::padded).toArray(String[]::new);
        } else {
            double[] parts = VIEW_AS_REAL.call().tensor(ends).tensorResult().toDoubles();
            double[] real = part(parts, 0);
            double[] imaginary = part(parts, 1);
            NumberForm realForm = new NumberForm(real);
            NumberForm imaginaryForm = new NumberForm(imaginary);
            cellWidth = realForm.width() + imaginaryForm.width() + 1;
            cells = new String[real.length];
            for (int i = 0; i < cells.length; i++) {
                String second = imaginaryForm.padded(imaginary[i]).strip() + "j";
                cells[i] = realForm.padded(real[i]) + (second.startsWith("-") ? "" : "+") + second;
            }
        }
    }

    static String print(Tensor tensor) {
        try (TensorScope scope = TensorScope.open()) {
            String values = tensor.elementCount() == 0 ? "[]" : new TensorPrinter(tensor.detach()).block(0);
            return withSuffixes(PREFIX + values, suffixes(tensor)) + ")";
        }
    }

    private boolean isCut(int dimension) {
        return abridged && shape[dimension] > 2 * EDGE_ITEMS;
    }

    /** The elements of the block that dimension {@code depth} begins, in brackets; takes them from {@link #next} on. */
    private String block(int depth) {
        if (depth == shape.length) {
            return cells[next++];
        }
        boolean innermost = depth == shape.length - 1;
        List<String> items = new ArrayList<>();
        for (int i = 0; i < shown[depth]; i++) {
            if (isCut(depth) && i == EDGE_ITEMS) {
                items.add(innermost ? " ..." : "...");
            }
            items.add(block(depth + 1));
        }
        String margin = " ".repeat(PREFIX.length() + depth + 1);
        if (!innermost) {
            return "[" + String.join("," + "\n".repeat(shape.length - depth - 1) + margin, items) + "]";
        }
        int perLine = Math.max(1, (LINE_WIDTH - PREFIX.length() - depth) / (cellWidth + 2));
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < items.size(); i += perLine) {
            lines.add(String.join(", ", items.subList(i, Math.min(i + perLine, items.size()))));
        }
        return "[" + String.join(",\n" + margin, lines) + "]";
    }

    private static String[] whole(Tensor tensor, DType type) {
        LongStream values = LongStream.of(tensor.toLongs());
        Stream<String> texts = switch (type) {
            case BOOL -> values.mapToObj(value -> value == 0 ? "False" : "True");
            case UINT64 -> values.mapToObj(Long::toUnsignedString);
            default -> values.mapToObj(Long::toString);
        };
        return texts.toArray(String[]::new);
    }

    private static double[] part(double[] pairs, int which) {
        double[] values = new double[pairs.length / 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = pairs[2 * i + which];
        }
        return values;
    }

    private static List<String> suffixes(Tensor tensor) {
        List<String> suffixes = new ArrayList<>();
        if (!tensor.device().isCpu()) {
            suffixes.add("device='" + tensor.device() + "'");
        }
        boolean empty = tensor.elementCount() == 0;
        if (empty && tensor.rank() != 1) {
            suffixes.add(Arrays.stream(tensor.shape()).mapToObj(Long::toString)
                    .collect(Collectors.joining(", ", "size=(", ")")));
        }
        boolean typeIsPlain = switch (tensor.dtype()) {
            case FLOAT32 -> true;
            case INT64, BOOL, COMPLEX64 -> !empty;
            default -> false;
        };
        if (!typeIsPlain) {
            suffixes.add("dtype=torch." + tensor.dtype().torchName());
        }
        if (tensor.requiresGrad()) {
            suffixes.add("requires_grad=True");
        }
        return suffixes;
    }

    /** Puts a suffix on a line of its own when the last line has no room. */
    private static String withSuffixes(String values, List<String> suffixes) {
        StringBuilder text = new StringBuilder(values);
        int used = values.length() - values.lastIndexOf('\n') + 1;
        for (String suffix : suffixes) {
            if (used + suffix.length() + 2 > LINE_WIDTH) {
                text.append(",\n").append(" ".repeat(PREFIX.length())).append(suffix);
                used = PREFIX.length() + suffix.length();
            } else {
                text.append(", ").append(suffix);
                used += suffix.length() + 2;
            }
        }
        return text.toString();
    }
}
