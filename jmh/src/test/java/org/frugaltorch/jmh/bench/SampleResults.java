package org.frugaltorch.jmh.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.measure.Machine;
import org.frugaltorch.jmh.Counters;

/** Made-up results of every kind. */
final class SampleResults {
    private static final double MIB = 1 << 20;

    private SampleResults() {}

    static BenchResults all() {
        Machine machine = new Machine("Linux", "Fast One", List.of("avx2"), 2, 8L << 30);
        BenchResults all = new BenchResults("./frugal bench --report", machine,
                Map.of("DJL", "0.1, libtorch 2.7"), List.of(), List.of());
        for (BenchResult result : List.of(
                operator("add", "FrugalTorch", 600e-9, 620e-9, 640e-9),
                operator("add", "DJL", 1000e-9, 1240e-9, 1300e-9),
                operator("exp", "FrugalTorch", 900e-9),
                sameStep("FrugalTorch", Map.of(), 0.4, 700),
                sameStep("FrugalTorch", Map.of("dtype", "bfloat16"), 0.1, 350), sameStep("DJL", Map.of(), 0.5, 1400),
                step("full", "FrugalTorch", 0.8, 1000, 500), step("tokentune-0.25", "FrugalTorch", 0.4, 400, 100),
                step("full", "PyTorch", 1.0, 1100, 510),
                other(BenchGroup.SAFETENSORS, "load", Map.of(), 0.1, Counters.BYTES, 1e9),
                other(BenchGroup.SAFETENSORS, "open", Map.of(), 0.001, Counters.BYTES, 1e9),
                other(BenchGroup.SAFETENSORS, "plainRead", Map.of(), 0.08, Counters.BYTES, 1e9),
                other(BenchGroup.FOUR_BIT, "dequantise", Map.of("dtype", "float32", "size", "64"), 0.03,
                        Counters.BYTES, 1e9),
                other(BenchGroup.FOUR_BIT, "copy", Map.of("dtype", "float32", "size", "64"), 0.01, Counters.BYTES, 1e9),
                other(BenchGroup.LEDGER, "step", Map.of("ledger", "never"), 1, Counters.ITEMS, 1),
                other(BenchGroup.LEDGER, "step", Map.of("ledger", "open"), 1.1, Counters.ITEMS, 1),
                other(BenchGroup.GENERATION, "generate", Map.of("shape", "llama-15m"), 2, Counters.ITEMS, 64),
                other(BenchGroup.TEXT, "tokenise", Map.of(), 0.5, Counters.ITEMS, 2000),
                other(BenchGroup.MATMUL, "multiply", Map.of("kind", "float32-highest", "size", "1024"), 0.01,
                        Counters.OPERATIONS, 2e9),
                other(BenchGroup.CALLS, "bare", Map.of(), 5e-9, Counters.ITEMS, 1))) {
            all = all.with(result);
        }
        return all.withFailure("JavaCPP is left out");
    }

    static BenchResult operator(String name, String library, Double... samples) {
        return new BenchResult("operators", name, library, Map.of(), List.of(samples), Map.of());
    }

    private static BenchResult sameStep(String library, Map<String, String> way, double seconds, double mib) {
        Map<String, String> parameters = new HashMap<>(way);
        parameters.put("fixture", "minilm-32x128");
        return new BenchResult("same-step", "step", library, parameters, List.of(seconds),
                Map.of(Counters.RESIDENT, mib * MIB, Counters.ITEMS, 4096.0));
    }

    private static BenchResult step(String method, String library, double seconds, double peak, double saved) {
        return new BenchResult("encoder-step", "step", library,
                Map.of("shape", "minilm", "batch", "32", "sequence", "128", "dtype", "float32", "device", "cpu",
                        "method", method),
                List.of(seconds),
                Map.of(Counters.PEAK, peak * MIB, Counters.SAVED, saved * MIB, Counters.ITEMS, 4096.0));
    }

    private static BenchResult other(
            BenchGroup group, String name, Map<String, String> parameters, double seconds, String counter,
            double value) {
        return new BenchResult(
                group.toString(), name, "FrugalTorch", parameters, List.of(seconds), Map.of(counter, value));
    }
}
