package org.frugaltorch.finetune.instruction;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.instruction.InstructionFiles.Fields;
import org.frugaltorch.finetune.instruction.InstructionFiles.Rows;
import org.frugaltorch.io.DataException;

/**
 * Instructions with answers, tokenised: what to learn and what to judge by.
 *
 * @param withoutRoom examples left out because their prompts leave no room for an answer
 * @param excluded rows left out for where they come from
 */
public record InstructionData(LanguageTokens training, LanguageTokens heldOut, int withoutRoom, int excluded) {

    /**
     * Where the examples are.
     *
     * @param training file of JSON objects, or a directory of such
     * @param heldOut likewise; null when some of the training examples are held out
     * @param excludedSources rows whose field {@code data_source} says one of these are left out
     */
    public record Files(Path training, Path heldOut, Set<String> excludedSources) {}

    /**
     * Which training examples are held out when there is no file of held-out ones: some drawn by a seed.
     *
     * @param size a part of all below 1, or a number of examples
     * @param seed of the draw
     */
    public record Split(double size, long seed) {
        private static final RandomGeneratorFactory<?> GENERATOR = RandomGeneratorFactory.of("L64X128MixRandom");

        public Split {
            if (!(size > 0) || size >= 1 && size != Math.rint(size)) {
                throw new IllegalArgumentException(
                        "the held-out examples must be a share below 1 or a number of them, not " + size);
            }
        }

        /** Indices of the held-out of so many examples; at least one. */
        Set<Integer> heldOut(int examples) {
            int count = (int) Math.max(1, size < 1 ? Math.floor(size * examples) : size);
            if (count >= examples) {
                throw new DataException("Of " + examples + " examples, " + count + " to judge by leave none to learn"
                        + " from; hold out fewer or name a file of others");
            }
            List<Integer> indices = new ArrayList<>(IntStream.range(0, examples).boxed().toList());
            Collections.shuffle(indices, Random.from(GENERATOR.create(seed)));
            return new HashSet<>(indices.subList(0, count));
        }
    }

    /**
     * Reads and tokenises all examples.
     *
     * @param split used when there is no file of held-out examples
     * @param encoding tokenises examples, leaving out those without room for an answer
     * @throws DataException if a file is malformed, or too few examples are left
     */
    public static InstructionData read(
            Files files, Split split, Function<List<InstructionExample>, LanguageTokens> encoding) {
        Rows rows = InstructionFiles.read(files.training(), Fields.USUAL, files.excludedSources());
        List<InstructionExample> training = rows.examples();
        List<InstructionExample> heldOut = new ArrayList<>();
        int excluded = rows.excluded();
        if (files.heldOut() != null) {
            Rows others = InstructionFiles.read(files.heldOut(), Fields.USUAL, files.excludedSources());
            heldOut.addAll(others.examples());
            excluded += others.excluded();
        } else {
            Set<Integer> chosen = split.heldOut(rows.examples().size());
            training = new ArrayList<>();
            for (int i = 0; i < rows.examples().size(); i++) {
                (chosen.contains(i) ? heldOut : training).add(rows.examples().get(i));
            }
        }
        LanguageTokens learnt = encoding.apply(training);
        LanguageTokens judged = encoding.apply(heldOut);
        int withoutRoom = training.size() + heldOut.size() - learnt.size() - judged.size();
        return new InstructionData(learnt, judged, withoutRoom, excluded);
    }
}
