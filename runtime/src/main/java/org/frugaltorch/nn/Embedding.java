package org.frugaltorch.nn;

import java.util.Arrays;
import java.util.List;
import org.frugaltorch.autograd.FunctionContext;
import org.frugaltorch.autograd.JavaFunction;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Operator;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;

/**
 * Rows of a table by their numbers. Only the rows' own gradients are computed. Where the table has a gradient already, from an
 * output head that shares it or from an earlier micro-batch, they are added to it in place: libtorch would make a second
 * gradient of the size of the table, which holds few numbers but zeros, and add that.
 */
public final class Embedding {
    private Embedding() {}

    /**
     * The rows.
     *
     * @param table [V, H]
     * @param indices each below V [..]
     * @param shape of the indices
     * @return [.., H]
     */
    public static Tensor rows(Tensor table, long[] indices, long... shape) {
        Tensor places = Tensors.of(indices, shape).to(table.device());
        return table.requiresGrad() ? new Lookup(table, indices).apply(places) : Functional.embedding(table, places);
    }

    private static final class Lookup extends JavaFunction {
        private static final Operator SUM_ROWS = Operator.of("aten::embedding_dense_backward");
        private static final Operator COPY_ROWS = Operator.of("aten::index_copy_");
        private static final int NO_PADDING = -1;

        private final Tensor table;
        /** The input again, since reading it back from a device would wait for that. */
        private final long[] indices;

        Lookup(Tensor table, long[] indices) {
            this.table = table;
            this.indices = indices;
        }

        @Override
        protected List<Tensor> parameters() {
            return List.of(table);
        }

        @Override
        protected Tensor forward(FunctionContext context, Tensor places) {
            return Functional.embedding(table, places);
        }

        @Override
        protected Tensor backward(FunctionContext context, Tensor gradient) {
            Tensor known = table.grad();
            long[] rows = Arrays.stream(indices).sorted().distinct().toArray(); // [U]
            Tensor which = Tensors.of(rows).to(table.device());
            Tensor sums = summed(gradient, rows);
            if (known != null) {
                copyRows(known, which, sums.add(known.indexSelect(0, which)));
            } else {
                Tensor first = Tensors.zeros(gradient.dtype(), table.device(), table.shape());
                copyRows(first, which, sums);
                context.accumulate(table, first);
            }
            return null;
        }

        /** One for each row that is looked up, however often: copying rows would lose all but one. */
        private Tensor summed(Tensor gradient, long... rows) {
            long[] among = Arrays.stream(indices).map(row -> Arrays.binarySearch(rows, row)).toArray();
            Tensor places = Tensors.of(among, Arrays.copyOf(gradient.shape(), gradient.rank() - 1)).to(gradient.device());
            return SUM_ROWS.call().tensor(gradient).tensor(places).integer(rows.length).integer(NO_PADDING).flag(false)
                    .tensorResult(); // [U, H]
        }

        private static void copyRows(Tensor to, Tensor which, Tensor rows) {
            COPY_ROWS.call().tensor(to).integer(0).tensor(which).tensor(rows).inPlaceResult();
        }
    }
}
