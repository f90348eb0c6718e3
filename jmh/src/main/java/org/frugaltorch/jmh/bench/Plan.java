package org.frugaltorch.jmh.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.measure.Machine;

/**
 * Lists what is to be run, libraries of one comparison next to each other: a machine whose speed changes is as slow for
 * one as for the other.
 *
 * @param preset how large
 * @param groups which
 * @param implementations libraries that are there
 * @param device {@code cpu} or {@code cuda}
 * @param machine that runs it
 * @param fixtures training steps that all libraries take, by {@link org.frugaltorch.jmh.StepFixtures.Size}
 */
record Plan(
        Preset preset, List<BenchGroup> groups, List<Implementation> implementations, String device,
        Machine machine, List<String> fixtures) {
    private static final String PACKAGE = "org.frugaltorch.jmh.";
    private static final String DEVICE = "device";
    private static final String FIXTURE = "fixture";
    private static final String LEAST_MEMORY_OF_BERT = "meft1+nf4+tokentune-0.25";
    private static final String LEAST_MEMORY_OF_LLAMA = "qlora+tokentune-0.3+recompute+chunked";

    /** With the preset's own training steps. */
    Plan(Preset preset, List<BenchGroup> groups, List<Implementation> implementations, String device,
            Machine machine) {
        this(preset, groups, implementations, device, machine, preset.fixtures());
    }

    /** All jobs of a round, in order. */
    List<Job> jobs() {
        List<Job> jobs = new ArrayList<>();
        for (BenchGroup group : groups) {
            switch (group) {
                case CALLS -> ours(jobs, group, "Call", Map.of(), "bare", "addKernel");
                case OPERATORS -> operators(jobs);
                case SCOPES -> ours(jobs, group, "Scope", Map.of(), "empty", "thousandHandles");
                case SAME_STEP -> sameStep(jobs);
                case ENCODER_STEP -> preset.encoders().forEach(steps -> steps(jobs, group, "EncoderStep", steps));
                case DECODER_STEP -> preset.decoders().forEach(steps -> steps(jobs, group, "DecoderStep", steps));
                case SAFETENSORS -> ours(jobs, group, "Safetensors",
                        Map.of("bytes", Long.toString(preset.sizes().fileBytes())), "load", "open", "plainRead");
                case FOUR_BIT -> preset.sizes().fourBitTypes().forEach(type -> ours(jobs, group, "FourBit",
                        Map.of("size", Integer.toString(preset.sizes().fourBitSize()), "dtype", type),
                        "quantise", "dequantise", "copy", "linear", "denseLinear"));
                case MATMUL -> List.of("float32-highest", "float32-medium", "bfloat16-highest").forEach(kind ->
                        ours(jobs, group, "Matmul",
                                Map.of("size", Integer.toString(preset.sizes().matmulSize()), "kind", kind),
                                "multiply"));
                case TEXT -> ours(jobs, group, "Text", Map.of("texts", Integer.toString(preset.sizes().texts())),
                        "tokenise", "batch", "tokeniseAndBatch");
                case LEDGER -> ledger(jobs);
                case GENERATION -> preset.sizes().generationShapes().forEach(shape -> ours(jobs, group, "Generation",
                        Map.of("shape", shape, "tokens", Integer.toString(preset.sizes().generatedTokens()),
                                DEVICE, device),
                        "generate"));
            }
        }
        return List.copyOf(jobs);
    }

    private void ours(List<Job> jobs, BenchGroup group, String prefix, Map<String, String> parameters,
            String... names) {
        boolean single = group == BenchGroup.GENERATION;
        Effort effort = single ? preset.effort().forSteps() : preset.effort();
        for (String name : names) {
            jobs.add(new Job(group, Implementation.FRUGALTORCH, PACKAGE + prefix + "Benchmark." + name, name,
                    parameters, effort));
        }
    }

    private void operators(List<Job> jobs) {
        for (String name : preset.operators()) {
            for (Implementation implementation : implementations) {
                if (fits(implementation) && implementation != Implementation.TRANSFORMERS) {
                    String benchmark =
                            implementation.isPython() ? "operators" : implementation.operatorBenchmark() + "." + name;
                    jobs.add(new Job(
                            BenchGroup.OPERATORS, implementation, benchmark, name, onDevice(Map.of()),
                            preset.effort()));
                }
            }
        }
    }

    private void sameStep(List<Job> jobs) {
        for (String fixture : fixtures) {
            for (Implementation implementation : implementations) {
                if (fits(implementation)) {
                    jobs.add(sameStep(implementation, Map.of(FIXTURE, fixture)));
                }
            }
            waysOfOurs(fixture).forEach(way -> jobs.add(sameStep(Implementation.FRUGALTORCH, way)));
        }
    }

    private Job sameStep(Implementation implementation, Map<String, String> parameters) {
        String benchmark = implementation.isPython() ? "same-step" : implementation.stepBenchmark() + ".step";
        return new Job(BenchGroup.SAME_STEP, implementation, benchmark, "step", onDevice(parameters),
                preset.effort().forSteps());
    }

    /** The same step with less memory, and with numbers that the processor is fast at. */
    private List<Map<String, String>> waysOfOurs(String fixture) {
        List<Map<String, String>> ways = new ArrayList<>();
        if (machine.hasMatrixInstructions() && isCpu()) {
            ways.add(Map.of(FIXTURE, fixture, "precision", "medium"));
        }
        if (machine.hasBfloat16() && isCpu()) {
            ways.add(Map.of(FIXTURE, fixture, "dtype", Preset.Steps.BFLOAT16));
        }
        ways.add(Map.of(FIXTURE, fixture, "method",
                fixture.startsWith("llama") ? LEAST_MEMORY_OF_LLAMA : LEAST_MEMORY_OF_BERT));
        return ways;
    }

    /** The other bindings of the JVM were built for the CPU. */
    private boolean fits(Implementation implementation) {
        return isCpu() || implementation.isOurs() || implementation.isPython();
    }

    private Map<String, String> onDevice(Map<String, String> parameters) {
        if (isCpu()) {
            return parameters;
        }
        Map<String, String> all = new HashMap<>(parameters);
        all.put(DEVICE, device);
        return all;
    }

    private void steps(List<Job> jobs, BenchGroup group, String prefix, Preset.Steps steps) {
        for (String method : steps.methods()) {
            Map<String, String> parameters = steps.parameters(method, device);
            jobs.add(new Job(group, Implementation.FRUGALTORCH, PACKAGE + prefix + "Benchmark.step", "step", parameters,
                    preset.effort().forSteps()));
            for (Implementation python : List.of(Implementation.PYTORCH, Implementation.TRANSFORMERS)) {
                if (implementations.contains(python) && PythonMethods.knows(python, method)) {
                    jobs.add(new Job(group, python, group.toString(), "step", parameters, preset.effort().forSteps()));
                }
            }
        }
    }

    private void ledger(List<Job> jobs) {
        Preset.Sizes sizes = preset.sizes();
        for (String name : List.of("step", "operator")) {
            for (String state : List.of("never", "closed", "open")) {
                jobs.add(new Job(BenchGroup.LEDGER, Implementation.FRUGALTORCH, PACKAGE + "LedgerBenchmark." + name,
                        name, Map.of("ledger", state, "shape", sizes.ledgerShape(),
                                "batch", Integer.toString(sizes.ledgerBatch()),
                                "sequence", Integer.toString(sizes.ledgerSequence())),
                        name.equals("step") ? preset.effort().forSteps() : preset.effort()));
            }
        }
    }

    private boolean isCpu() {
        return device.equals("cpu");
    }
}
