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
 * Rows of a table by their numbers. Where the table has a gradient already, from an output head that shares it or from an
 * earlier micro-batch, the rows' gradients are added in place: libtorch would make a second gradient of the size of the
 * table, which holds few numbers but zeros, and add that.
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
        /** The input once more, since reading it back from a device would wait for that. */
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
            context.save(places);
            return Functional.embedding(table, places);
        }

        @Override
        protected Tensor backward(FunctionContext context, Tensor gradient) {
            Tensor known = table.grad();
            if (known == null) {
                context.accumulate(table, summed(gradient, context.saved(0), table.size(0)));
            } else {
                addInPlace(known, gradient);
            }
            return null;
        }

        /** Rows that are looked up several times are summed first, since copying rows back would lose all but one. */
        private void addInPlace(Tensor known, Tensor gradient) {
            long[] rows = Arrays.stream(indices).sorted().distinct().toArray(); // [U]
            long[] among = Arrays.stream(indices).map(row -> Arrays.binarySearch(rows, row)).toArray();
            long[] shape = Arrays.copyOf(gradient.shape(), gradient.rank() - 1);
            Tensor which = Tensors.of(rows).to(known.device());
            Tensor sums = known.indexSelect(0, which)
                    .add(summed(gradient, Tensors.of(among, shape).to(known.device()), rows.length)); // [U, H]
            COPY_ROWS.call().tensor(known).integer(0).tensor(which).tensor(sums).inPlaceResult();
        }

        /** @return [rows, H] */
        private static Tensor summed(Tensor gradient, Tensor places, long rows) {
            return SUM_ROWS.call().tensor(gradient).tensor(places).integer(rows).integer(NO_PADDING).flag(false)
                    .tensorResult();
        }
    }
}
