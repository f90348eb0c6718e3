package org.frugaltorch.jmh;

import java.util.concurrent.TimeUnit;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.quant.FourBitWeight;
import org.frugaltorch.finetune.quant.QuantisedMatrix;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A square matrix in NF4 with double quantisation, beside a copy of the dense one and its product. */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FourBitBenchmark extends TimedBenchmark {
    private static final int ROWS_OF_INPUT = 128;

    /** Rows and columns of the matrix. */
    @Param("4096")
    public int size;

    /** Type of the dense matrix and of the product. */
    @Param({"float32", "bfloat16"})
    public String dtype;

    private TensorScope scope;
    private Tensor dense;
    private Tensor input;
    private QuantisedMatrix quantised;
    private LinearWeight fourBit;

    @Setup(Level.Trial)
    public void open() {
        Engine.seed(1);
        DType type = ModelBenchmark.typeNamed(dtype);
        scope = TensorScope.open();
        dense = Tensors.randn(size, size).to(type);
        input = Tensors.randn(ROWS_OF_INPUT, size).to(type);
        quantised = QuantisedMatrix.quantise(dense, FourBitFormat.NF4, true);
        fourBit = new FourBitWeight(quantised, type);
        Counters.put(Counters.BYTES, dense.byteSize());
        Counters.put(Counters.WEIGHTS, quantised.byteSize());
        try (MemoryLedger ledger = MemoryLedger.open()) {
            linear();
            Counters.put(Counters.PEAK, ledger.peakBytes());
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        scope.close();
    }

    @Benchmark
    public void quantise() {
        try (TensorScope inner = TensorScope.open()) {
            QuantisedMatrix.quantise(dense, FourBitFormat.NF4, true);
        }
    }

    @Benchmark
    public void dequantise() {
        quantised.dequantise(dense.dtype()).close();
    }

    /** What dequantising is measured against: making a matrix of that size from one in memory. */
    @Benchmark
    public void copy() {
        try (Tensor result = Tensors.empty(dense.dtype(), Device.CPU, size, size)) {
            result.copyInPlace(dense);
        }
    }

    /** The product of 128 rows with the matrix in four bits. */
    @Benchmark
    public void linear() {
        try (TensorScope inner = TensorScope.open(); GradMode off = GradMode.disabled()) {
            fourBit.apply(input, null);
        }
    }

    /** The same product with the dense matrix. */
    @Benchmark
    public void denseLinear() {
        try (TensorScope inner = TensorScope.open(); GradMode off = GradMode.disabled()) {
            new LinearWeight.Dense(dense).apply(input, null);
        }
    }
}
