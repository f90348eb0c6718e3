package org.frugaltorch.finetune.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.instruction.InstructionData;
import org.frugaltorch.finetune.instruction.InstructionData.Split;
import org.frugaltorch.finetune.instruction.LanguageTokens;
import org.frugaltorch.io.DataException;

/**
 * Questions with answers to choose from, to learn from and to judge by. A question to learn from is the text that
 * evaluation shows a model, with its first right answer, which alone is learnt.
 *
 * @param texts tokenised; questions that leave no room for their answers are left out
 * @param judged the held-out questions, all of them
 */
public record ChoiceData(InstructionData texts, List<ChoiceQuestion> judged) {

    /**
     * Reads and tokenises questions.
     *
     * @param heldOut file of questions to judge by; null when some of {@code training} are held out
     * @param split used when there is no such file
     * @param limit of texts; of longer ones the beginning is left out, as evaluation does
     * @throws DataException if a file is malformed, or too few questions are left
     */
    public static ChoiceData read(
            ChoiceTask task, Path training, Path heldOut, Split split, Tokenizer tokenizer, MaxLength limit) {
        List<ChoiceQuestion> learnt = task.read(training);
        List<ChoiceQuestion> judged;
        if (heldOut != null) {
            judged = task.read(heldOut);
        } else {
            List<ChoiceQuestion> all = learnt;
            Set<Integer> chosen = split.heldOut(all.size());
            learnt = new ArrayList<>();
            judged = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                (chosen.contains(i) ? judged : learnt).add(all.get(i));
            }
        }
        ChoicePrompt prompt = ChoicePrompt.plain(tokenizer);
        LanguageTokens toLearn = tokens(learnt, prompt, tokenizer, limit);
        LanguageTokens toJudge = tokens(judged, prompt, tokenizer, limit);
        int withoutRoom = learnt.size() + judged.size() - toLearn.size() - toJudge.size();
        return new ChoiceData(new InstructionData(toLearn, toJudge, withoutRoom, 0), List.copyOf(judged));
    }

    private static LanguageTokens tokens(
            List<ChoiceQuestion> questions, ChoicePrompt prompt, Tokenizer tokenizer, MaxLength limit) {
        List<Encoding> encodings = new ArrayList<>();
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            ChoiceQuestion question = questions.get(i);
            ScoredText whole = prompt.texts(question, i, tokenizer).get(question.firstRight());
            if (whole.scored() < limit.tokens()) {
                ScoredText text = whole.last(limit.tokens());
                int[] ids = Arrays.stream(text.tokens()).mapToInt(Math::toIntExact).toArray();
                encodings.add(new Encoding(ids, new int[ids.length]));
                starts.add(text.start());
            }
        }
        if (encodings.isEmpty()) {
            throw new DataException("No question has room for its answer within " + limit.tokens()
                    + " tokens; raise the maximum length");
        }
        return new LanguageTokens(encodings, starts.stream().mapToInt(Integer::intValue).toArray());
    }
}
