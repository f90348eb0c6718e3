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
     * @param indices int64 [..], each below V
     * @return [.., H]
     */
    public static Tensor rows(Tensor table, Tensor indices) {
        return table.requiresGrad() ? new Lookup(table).apply(indices) : Functional.embedding(table, indices);
    }

    private static final class Lookup extends JavaFunction {
        private static final Operator SUM_ROWS = Operator.of("aten::embedding_dense_backward");
        private static final Operator COPY_ROWS = Operator.of("aten::index_copy_");
        private static final int NO_PADDING = -1;

        private final Tensor table;

        Lookup(Tensor table) {
            this.table = table;
        }

        @Override
        protected List<Tensor> parameters() {
            return List.of(table);
        }

        @Override
        protected Tensor forward(FunctionContext context, Tensor indices) {
            context.save(indices);
            return Functional.embedding(table, indices);
        }

        @Override
        protected Tensor backward(FunctionContext context, Tensor gradient) {
            Tensor indices = context.saved(0);
            Tensor known = table.grad();
            if (known == null) {
                context.accumulate(table, summed(gradient, indices, table.size(0)));
            } else {
                addInPlace(known, indices, gradient);
            }
            return null;
        }

        /** Rows that are looked up several times are summed first, since copying rows back would lose all but one. */
        private static void addInPlace(Tensor known, Tensor indices, Tensor gradient) {
            long[] places = indices.toLongs();
            long[] rows = Arrays.stream(places).sorted().distinct().toArray(); // [U]
            Arrays.setAll(places, i -> Arrays.binarySearch(rows, places[i]));
            Tensor among = Tensors.of(places, indices.shape()).to(known.device());
            Tensor which = Tensors.of(rows).to(known.device());
            Tensor sums = known.indexSelect(0, which).add(summed(gradient, among, rows.length)); // [U, H]
            COPY_ROWS.call().tensor(known).integer(0).tensor(which).tensor(sums).inPlaceResult();
        }

        /** @return [rows, H] */
        private static Tensor summed(Tensor gradient, Tensor indices, long rows) {
            return SUM_ROWS.call().tensor(gradient).tensor(indices).integer(rows).integer(NO_PADDING).flag(false)
                    .tensorResult();
        }
    }
}
