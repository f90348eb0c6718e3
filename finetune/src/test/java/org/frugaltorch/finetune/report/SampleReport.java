package org.frugaltorch.finetune.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.frugaltorch.finetune.train.RunRecord;

/** Made-up runs that look like real ones. */
final class SampleReport {
    private static final long MIB = 1 << 20;

    private SampleReport() {}

    static ReportContent content() {
        Map<String, String> common = new LinkedHashMap<>();
        common.put("Model", "bert-tiny (4.4 M parameters)");
        common.put("Data", "SST-2, 6,734 training and 872 evaluation examples");
        common.put("Device", "CPU, 2 threads");
        return new ReportContent("TokenTune on SST-2", "Sentiment of film reviews, learnt by full fine-tuning and by methods"
                + " that keep fewer activations. All runs start from the same weights and see the same batches.", common,
                List.of(run("full", 0.912, 734, 402, 110, 940, 1, 1),
                        run("tokentune-0.25", 0.905, 402, 117, 110, 1180, 0.9, 2),
                        run("lora-8", 0.897, 512, 371, 2, 1010, 0.7, 3),
                        run("tokentune-0.25+lora-8+nf4", 0.889, 178, 96, 2, 870, 0.65, 4)));
    }

    static ReportContent.Run run(String method, double accuracy, long peak, long saved, long gradients, double rate,
                                 double speed, int seed) {
        Random random = new Random(seed);
        List<RunRecord> log = new ArrayList<>();
        log.add(new RunRecord.Event(0, "start", Map.of("method", method)));
        for (int step = 1; step <= 1200; step++) {
            double progress = step / 1200.0;
            double loss = 0.12 + 0.58 * Math.exp(-4 * speed * progress) + 0.08 * random.nextGaussian();
            log.add(new RunRecord.Step(step, 2 * progress, step == 17 ? Double.NaN : Math.max(0.02, loss),
                    2e-5 * (1 - progress), 1, rate, 210 * MIB, peak * MIB, saved * MIB, step * 0.1));
            if (step % 200 == 0) {
                double score = accuracy - 0.4 * Math.exp(-6 * speed * progress);
                log.add(new RunRecord.Evaluation(step, 2, Map.of("accuracy", score)));
            }
        }
        Map<String, Long> phases = new LinkedHashMap<>();
        phases.put("forward", (peak - 20) * MIB);
        phases.put("backward", peak * MIB);
        phases.put("optimizer", (peak - saved) * MIB);
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("Epochs", "2");
        settings.put("Batch size", "16");
        settings.put("Learning rate", method.contains("lora") ? "4e-4" : "2e-5");
        settings.put("Token ratio", method.contains("tokentune") ? "0.25" : "1");
        return new ReportContent.Run(new RunSummary(method, accuracy, accuracy - 0.002, peak * MIB, saved * MIB,
                (method.contains("nf4") ? 40 : 110) * MIB, gradients * MIB, 2 * gradients * MIB, rate, 1200 * 0.1 / speed,
                phases, Map.of("matthews", 2 * accuracy - 1), settings), log);
    }
}
