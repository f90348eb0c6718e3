package org.frugaltorch.jmh.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.measure.Machine;
import org.frugaltorch.jmh.Shapes;
import org.frugaltorch.jmh.StepFixtures;
import org.frugaltorch.jmh.StepMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

class PlanTest {
    private static final List<Implementation> OURS = List.of(Implementation.FRUGALTORCH);
    private static final List<Implementation> EVERYTHING = List.of(Implementation.values());

    private static final Machine PLAIN = machine();

    private static Machine machine(String... features) {
        return new Machine("Linux", "Fast One", List.of(features), 2, 8L << 30);
    }

    private static List<Job> jobs(Preset preset, List<Implementation> implementations, String device) {
        return new Plan(preset, List.of(BenchGroup.values()), implementations, device, PLAIN).jobs();
    }

    @ParameterizedTest
    @EnumSource(Preset.class)
    void everyJobNamesABenchmarkThatIsThere(Preset preset) {
        List<String> known = BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of()).stream()
                .map(BenchmarkListEntry::getUsername).toList();
        assertThat(jobs(preset, OURS, "cpu")).extracting(Job::benchmark).isSubsetOf(known);
        assertThat(jobs(preset, OURS, "cpu")).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(Preset.class)
    void everyShapeAndMethodIsKnown(Preset preset) {
        for (Job job : jobs(preset, EVERYTHING, "cpu")) {
            if (job.parameters().containsKey("method")) {
                StepMethod.named(job.parameters().get("method"));
            }
            if (job.parameters().containsKey("shape")) {
                assertThat(Shapes.NAMES).contains(job.parameters().get("shape"));
            }
            if (job.parameters().containsKey("fixture")) {
                assertThat(Shapes.NAMES).contains(StepFixtures.Size.named(job.parameters().get("fixture")).shape());
            }
        }
    }

    @Test
    void takesTheStepsThatAreAskedFor() {
        assertThat(new Plan(Preset.TINY, List.of(BenchGroup.SAME_STEP), EVERYTHING, "cpu", PLAIN,
                List.of("bert-base-8x128")).jobs())
                .isNotEmpty().allMatch(job -> job.parameters().get("fixture").equals("bert-base-8x128"));
    }

    @Test
    void librariesTakeTurns() {
        List<Job> operators = new Plan(Preset.QUICK, List.of(BenchGroup.OPERATORS), EVERYTHING, "cpu", PLAIN).jobs();
        assertThat(operators).extracting(Job::implementation).startsWith(Implementation.FRUGALTORCH, Implementation.DJL,
                Implementation.JAVACPP, Implementation.JAVACPP_UNTRACKED, Implementation.PYTORCH,
                Implementation.FRUGALTORCH);
        assertThat(operators).extracting(Job::name).startsWith("add", "add", "add", "add", "add", "mul");
        assertThat(operators.get(1).benchmark()).isEqualTo("org.frugaltorch.jmh.DjlBenchmark.add");
    }

    @Test
    void oursIsTakenInOtherWaysToo() {
        assertThat(new Plan(Preset.TINY, List.of(BenchGroup.SAME_STEP), EVERYTHING, "cpu",
                machine("avx512_bf16", "amx_bf16")).jobs().subList(6, 9))
                .allMatch(job -> job.implementation() == Implementation.FRUGALTORCH)
                .extracting(Job::parameters).containsExactly(
                        Map.of("fixture", "bert-tiny-2x16", "precision", "medium"),
                        Map.of("fixture", "bert-tiny-2x16", "dtype", "bfloat16"),
                        Map.of("fixture", "bert-tiny-2x16", "method", "meft1+nf4+tokentune-0.25"));
        assertThat(new Plan(Preset.TINY, List.of(BenchGroup.SAME_STEP), OURS, "cpu", machine("avx512_bf16")).jobs())
                .noneMatch(job -> job.parameters().containsKey("precision"))
                .anyMatch(job -> job.parameters().containsKey("dtype"));
        assertThat(jobs(Preset.TINY, OURS, "cpu")).noneMatch(job -> job.parameters().containsKey("precision"));
    }

    @Test
    void onlyWhatKnowsAMethodRunsIt() {
        List<Job> steps = new Plan(Preset.QUICK, List.of(BenchGroup.DECODER_STEP), EVERYTHING, "cpu", PLAIN).jobs();
        assertThat(steps).filteredOn(job -> job.implementation() == Implementation.TRANSFORMERS)
                .extracting(job -> job.parameters().get("method")).containsExactly("full", "lora", "qlora");
        assertThat(steps).filteredOn(job -> job.implementation() == Implementation.PYTORCH)
                .extracting(job -> job.parameters().get("method")).containsExactly("full", "tokentune-0.3");
    }

    @Test
    void bindingsForTheProcessorStayThere() {
        assertThat(jobs(Preset.GPU, EVERYTHING, "cuda")).extracting(Job::implementation)
                .doesNotContain(Implementation.DJL, Implementation.JAVACPP).contains(Implementation.PYTORCH);
        assertThat(jobs(Preset.GPU, EVERYTHING, "cuda")).filteredOn(job -> job.group() == BenchGroup.OPERATORS)
                .isNotEmpty().allMatch(job -> job.parameters().get("device").equals("cuda") && !job.byProcessorTime());
    }

    @Test
    void groupsByName() {
        assertThat(BenchGroup.named(List.of("operators", "calls")))
                .containsExactly(BenchGroup.CALLS, BenchGroup.OPERATORS);
        assertThat(BenchGroup.named((List<String>) null)).hasSameSizeAs(Arrays.asList(BenchGroup.values()));
        assertThatIllegalArgumentException().isThrownBy(() -> BenchGroup.named("operator"))
                .withMessageContaining("same-step");
        assertThatIllegalArgumentException().isThrownBy(() -> Preset.named("huge"))
                .withMessageContaining("tiny, quick");
    }

    @Test
    void aJobSaysWhatItIs() {
        assertThat(new Plan(Preset.TINY, List.of(BenchGroup.SAME_STEP), OURS, "cpu", PLAIN).jobs().getFirst())
                .hasToString("same-step step, fixture bert-tiny-2x16: FrugalTorch");
    }
}
