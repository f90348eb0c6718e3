package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.optim.LearningRateSchedule.Course;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What command lines mean, without running anything. */
class FinetuneArgumentsTest {
    /** The options of {@code finetune}, to be looked into. */
    @Command(name = "finetune", preprocessor = ReferenceArguments.class)
    static final class Options {
        @Mixin
        private FinetuneDataOptions data;

        @Mixin
        private FinetuneMethodOptions method;

        @Mixin
        private LoraOptions lora;

        @Mixin
        private MeftOptions meft;

        @Mixin
        private PolicyOptions policy;

        @Mixin
        private FinetuneTrainingOptions training;

        @Mixin
        private FinetuneOutputOptions output;

        static Options of(String line) {
            Options options = new Options();
            String all = "--model_name_or_path models/llama --dataset_name_or_path data/some.jsonl"
                    + " --model_save_path out " + line;
            new CommandLine(options).parseArgs(all.strip().split(" +"));
            return options;
        }

        Method only() {
            List<Method> methods = method.methods(policy.policy(), lora, meft);
            assertThat(methods).hasSize(1);
            return methods.getFirst();
        }
    }

    private static final String REFERENCE = "--prompt_template_name_or_path alpaca.json --tokentune --prefix_length 0.3"
            + " --lora --qlora --bf16 --lora_r 8 --lora_alpha 16 --lora_dropout 0.05"
            + " --lora_target_modules gate_proj down_proj up_proj --global_batch_size 32"
            + " --gradient_accumulation_steps 32 --num_epochs 1 --learning_rate 4e-4 --weight_decay 0.01"
            + " --warmup_steps 100 --lr_scheduler_type cosine --save_steps 1000 --save_total_limit 2 --max_length 2048"
            + " --num_workers 4 --logging_steps 10 --add_eos_token";

    @Test
    void theReferencesOwnCommandLine() {
        Options options = Options.of(REFERENCE);
        options.training.check();
        options.output.check();
        assertThat(options.only().name()).isEqualTo("qlora+tokentune-0.3");
        assertThat(options.training.microBatchSize()).isEqualTo(1);
        TrainerSettings settings = options.training.forExamples(32 * 1000, options.output.saveSteps());
        assertThat(settings.totalSteps(32 * 1000)).isEqualTo(1000);
        assertThat(settings.warmupRatio() * 1000).isCloseTo(100, within(1e-9));
        assertThat(settings.course()).isEqualTo(Course.COSINE);
        assertThat(settings.learningRate()).isEqualTo(4e-4);
        assertThat(settings.evaluateEverySteps()).isEqualTo(1000);
        assertThat(options.output.notices()).hasSize(2)
                .anyMatch(notice -> notice.contains("--num-workers 4"))
                .anyMatch(notice -> notice.contains("--logging-steps 10"));
        assertThat(options.output.folder(options.data.model(), options.data.dataset(), options.only()))
                .isEqualTo(Path.of("out/llama-some-lora-qlora-tokentune-0.3"));
    }

    @Test
    void dashesUnderscoresAndPythonsWordsForYesAndNo() {
        Options mixed = Options.of(
                "--lora=True --lora_target-modules=q_proj,v_proj --tokentune False --qlora false --lean");
        assertThat(mixed.only().name()).isEqualTo("lora+lean");
        assertThat(mixed.only().policy()).isEqualTo(ActivationPolicy.LEAN);
        assertThat(Options.of("--lora True --qlora True --recompute True").only().name()).isEqualTo("qlora+recompute");
        assertThat(Options.of("--lora --quantize fp4 --lora_rank 4").only().name()).isEqualTo("qlora");
        assertThatThrownBy(() -> Options.of("--lora=maybe")).hasMessageContaining("--lora is a flag: give it alone");
    }

    @ParameterizedTest
    @CsvSource({"'',tokentune-100", "--prefix_length 16,tokentune-16", "--prefix_length 1.0,tokentune-1",
        "--prefix_length 0.999,tokentune-0.999", "--prefix_length 3e-1,tokentune-0.3",
        "--prefix-length 8 --token-selection embedding-norm,tokentune-8-embedding-norm",
        "--prefix-length 0.3 --token-selection targets-first,tokentune-0.3-targets-first"})
    void wholePrefixLengthsAreCountsAllOthersShares(String arguments, String name) {
        assertThat(Options.of("--tokentune " + arguments).only().name()).isEqualTo(name);
    }

    @Test
    void comparesWithTheSameThroughAllTokens() {
        Options options = Options.of("--lora --tokentune --prefix_length 0.5 --recompute --compare");
        List<Method> methods = options.method.methods(options.policy.policy(), options.lora, options.meft);
        assertThat(methods).extracting(Method::name).containsExactly("lora+recompute", "lora+tokentune-0.5+recompute");
        assertThat(options.output.reportFolder(Path.of("m"), Path.of("d.json"), methods))
                .isEqualTo(Path.of("out/m-d-comparison"));
        assertThat(options.output.folder(Path.of("m"), Path.of("d.json"), methods.getFirst()))
                .isEqualTo(Path.of("out/m-d-lora-recompute"));
    }

    @ParameterizedTest
    @CsvSource({"--meft 1,meft1,out/m-d-meft1",
        "--meft 3 --meft-lora 4 --meft-4bit,meft3-lora+nf4,out/m-d-meft3-lora-nf4",
        "--meft 2 --tokentune --prefix_length 0.3,meft2+tokentune-0.3,out/m-d-meft2-tokentune-0.3"})
    void reversibleMethodsByNameAndFolder(String arguments, String name, String folder) {
        Options options = Options.of(arguments);
        assertThat(options.only().name()).isEqualTo(name);
        assertThat(options.output.folder(Path.of("m"), Path.of("d.json"), options.only())).isEqualTo(Path.of(folder));
    }

    @Test
    void reversibleMethodsAreComparedThroughAllTokensToo() {
        Options options = Options.of("--meft 2 --meft-layers 1 --tokentune --prefix_length 0.3 --compare");
        assertThat(options.method.methods(options.policy.policy(), options.lora, options.meft))
                .extracting(Method::name).containsExactly("meft2", "meft2+tokentune-0.3");
    }

    @Test
    void withoutAccumulationAMicroBatchIsOneExample() {
        Options options = Options.of("--global_batch_size 6");
        options.training.check();
        assertThat(options.training.microBatchSize()).isEqualTo(1);
        assertThat(options.training.forExamples(12, 0).accumulationSteps()).isEqualTo(6);
        assertThat(Options.of("--global_batch_size 6 --gradient_accumulation_steps 2").training.microBatchSize())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--qlora | give --lora too",
        "--prefix_length 0.3 | --tokentune is not given",
        "--tokentune --prefix_length 1.5 | must be above 0 and at most 1, not 1.5",
        "--tokentune --prefix_length 0 | must be at least 1, not 0",
        "--compare | --tokentune, which is not given",
        "--lora_r 8 | --lora-r says how --lora works, but --lora is not given",
        "--lora-dtype model | --lora-dtype says how --lora works, but --lora is not given",
        "--lora --quant_type fp4 | --qlora is not given",
        "--quantize nf4 | --quantize says how --lora works, but --lora is not given",
        "--use_rslora | --use-rslora says how --lora works, but --lora is not given",
        "--lora --quantize nf4 --quant_type fp4 | contradict each other",
        "--bf16 --dtype float32 | contradict each other",
        "--lean --recompute | give one of them",
        "--meft 4 | There is no MEFT4: use 1, 2 or 3",
        "--meft 1 --lora | give one of them, or --meft-lora RANK",
        "--meft 1 --lora --qlora | give one of them, or --meft-lora RANK",
        "--meft 1 --lean | leave --lean out",
        "--meft 1 --recompute | leave --recompute out",
        "--meft-layers 1 | say how --meft works, which is not given",
        "--meft 1 --meft-factors 0,1 | lambda must be a multiple of 0.001 from 0.001 to 10, not 0.0",
        "--meft 1 --compare | --tokentune, which is not given",
    })
    void methodsThatMakeNoSense(String arguments, String said) {
        Options options = Options.of(arguments);
        assertThatThrownBy(options::only).hasMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--global_batch_size 10 --gradient_accumulation_steps 4 | cannot be divided into 4 equal micro-batches",
        "--global_batch_size 0 | must be at least 1, not 0",
        "--warmup_steps 10 --warmup_ratio 0.1 | give one",
        "--lr_scheduler_type constant --warmup_steps 10 | constant_with_warmup",
        "--lr_scheduler_type polynomial | Unknown learning-rate schedule 'polynomial'",
        "--num_epochs 0 | the number of epochs must be at least 1",
    })
    void trainingThatMakesNoSense(String arguments, String said) {
        Options options = Options.of(arguments);
        assertThatThrownBy(options.training::check).hasMessageContaining(said);
    }

    @Test
    void aWarmUpLongerThanTheRun() {
        Options options = Options.of("--global_batch_size 2 --warmup_steps 3000");
        options.training.check();
        assertThatThrownBy(() -> options.training.forExamples(100, 0))
                .hasMessageContaining("--warmup-steps 3000 is more than the 50 steps");
    }

    static Stream<String> refusedOptions() {
        return Stream.of("--fp16", "--fp16_opt_level O1", "--model_parallel", "--wandb_project x", "--report_to wandb",
                "--logging_dir logs", "--device_map auto", "--load_in_8bit", "--deepspeed ds.json", "--local_rank 0",
                "--gradient_checkpointing", "--optim paged_adamw_32bit", "--torch_compile");
    }

    @ParameterizedTest
    @MethodSource("refusedOptions")
    void optionsThatCannotBeHonouredAreRefusedWithTheReason(String argument) {
        assertThatThrownBy(() -> Options.of(argument)).isInstanceOf(ParameterException.class)
                .hasMessageContaining(argument.replaceFirst(" .*", "").replace('_', '-') + " cannot be honoured: ");
    }

    @Test
    void aMistypedOptionBehindAListOfNamesIsNoName() {
        Options options = Options.of("--lora --lora_target_modules q_proj v_proj --lora_drop 0.1");
        assertThatThrownBy(options::only).isInstanceOf(UnmatchedArgumentException.class)
                .hasMessageContaining("--lora-drop");
    }
}
