package org.frugaltorch.finetune.model;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Classes that a head was trained on in one order and that are wanted in another, as published models number those of a
 * task as they like. Names are compared as Transformers' example scripts do, whatever their letter case.
 */
final class ClassOrder {
    private ClassOrder() {}

    /** Puts the rows of a head in order, if its classes are those that are wanted; otherwise does nothing. */
    static void apply(List<String> stored, List<String> wanted, Parameters parameters, String head) {
        List<String> from = lowerCase(stored);
        List<String> to = lowerCase(wanted);
        if (from.equals(to) || from.size() != to.size() || from.stream().distinct().count() < from.size()
                || !from.containsAll(to) || !to.containsAll(from)) {
            return;
        }
        long[] rows = to.stream().mapToLong(from::indexOf).toArray();
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            Stream.of(".weight", ".bias").map(part -> parameters.asMap().get(head + part))
                    .filter(parameter -> parameter != null).forEach(parameter -> reorder(parameter.detach(), rows));
        }
    }

    private static void reorder(Tensor parameter, long[] rows) {
        Tensor order = Tensors.of(rows, rows.length).to(parameter.device());
        parameter.copyInPlace(parameter.indexSelect(0, order));
    }

    private static List<String> lowerCase(List<String> names) {
        return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }
}
