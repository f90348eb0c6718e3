package org.frugaltorch.optim;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Operator;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * On any device, by operators that every device has. A number's distance from its neighbour towards zero, in gaps between
 * neighbours, is the probability of the one away from zero: a random part of a gap is added, the rest cut off, both
 * without error.
 *
 * <p>Chance comes from one table, read from another place for every piece, since making it anew would take longer than
 * everything else.
 */
final class RoundingByOperators implements RoundedUpdate {
    private static final Operator AND = Operator.of("aten::bitwise_and", "Tensor");
    private static final Operator AND_IN_PLACE = Operator.of("aten::bitwise_and_", "Tensor");
    private static final int SIGN_AND_EXPONENT = 0xFF80_0000;
    private static final int BFLOAT16 = 0xFFFF_0000;
    /** What the bits of a float32 number can tell apart between two bfloat16 numbers. */
    private static final int PARTS = 1 << 16;
    /** A gap between neighbours, as a part of the power of two below them. */
    private static final double GAP = 0x1p-7;

    /** What a device needs: random parts of a gap [2 * atOnce], and masks [1]. */
    private record Table(Tensor parts, Tensor signAndExponent, Tensor bfloat16) {}

    private final int atOnce;
    private final TensorScope scope = TensorScope.detached();
    private final Map<Device, Table> tables = new HashMap<>();

    /** @param atOnce numbers computed together, for which there is room for some seven float32 copies */
    RoundingByOperators(int atOnce) {
        this.atOnce = atOnce;
    }

    @Override
    public void apply(Updated parameter, long steps, StepSize size, long draw) {
        SplittableRandom draws = new SplittableRandom(draw);
        long all = parameter.parameter().elementCount();
        for (long start = 0; start < all; start += atOnce) {
            try (TensorScope temporaries = TensorScope.open()) {
                Updated piece = parameter.piece(start, Math.min(atOnce, all - start));
                Updated exact = piece.to(DType.FLOAT32);
                size.apply(List.of(exact));
                write(exact.parameter(), piece.parameter(), draws.nextInt(atOnce));
                write(exact.firstMoment(), piece.firstMoment(), draws.nextInt(atOnce));
                write(exact.secondMoment(), piece.secondMoment(), draws.nextInt(atOnce));
            }
        }
    }

    /**
     * Writes rounded numbers.
     *
     * @param exact float32 [n], contiguous
     * @param target bfloat16 [n], on the same device
     * @param offset in the table, below the most that are computed at once
     */
    void write(Tensor exact, Tensor target, int offset) {
        Table table = tables.computeIfAbsent(exact.device(), this::table);
        Tensor parts = table.parts.narrow(0, offset, exact.size(0)); // [n]
        Tensor powers = AND.call().tensor(exact.viewAs(DType.INT32)).tensor(table.signAndExponent).tensorResult(); // [n]
        Tensor raised = exact.add(powers.viewAs(DType.FLOAT32).mulInPlace(parts)); // [n]
        AND_IN_PLACE.call().tensor(raised.viewAs(DType.INT32)).tensor(table.bfloat16).inPlaceResult();
        target.copyInPlace(raised);
    }

    private Table table(Device device) {
        SplittableRandom random = new SplittableRandom(0);
        float[] parts = new float[2 * atOnce];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = (float) (random.nextInt(PARTS) * (GAP / PARTS));
        }
        return new Table(
                scope.adopt(Tensors.of(parts).to(device)),
                scope.adopt(Tensors.of(new int[] {SIGN_AND_EXPONENT}).to(device)),
                scope.adopt(Tensors.of(new int[] {BFLOAT16}).to(device)));
    }

    @Override
    public void close() {
        tables.clear();
        scope.close();
    }
}
