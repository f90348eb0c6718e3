package org.frugaltorch.finetune.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.evaluation.ChoiceQuestion.Option;

/** Reads the forms in which sets of questions are published, and words them as EleutherAI's evaluation harness does. */
final class ChoiceForms {
    private static final String GAP = "_";
    private static final Pattern BRACKETS = Pattern.compile("\\[.*?]");

    private ChoiceForms() {}

    /** ARC, as AI2 published it (a question with stem and choices) or as tables have it (lists of texts and labels). */
    static ChoiceQuestion arc(ChoiceRow row) {
        boolean nested = row.field("question").isObject();
        List<String> texts = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        if (nested) {
            for (JsonNode choice : row.array("question.choices")) {
                texts.add(choice.path("text").asText());
                labels.add(choice.path("label").asText());
            }
        } else {
            texts = row.texts("choices.text");
            labels = row.texts("choices.label");
        }
        if (texts.size() != labels.size()) {
            throw row.bad("there are " + texts.size() + " choices, but " + labels.size() + " labels");
        }
        String context = "Question: " + row.text(nested ? "question.stem" : "question") + "\nAnswer:";
        return question(row, context, texts, row.indexOf("answerKey", row.word("answerKey"), labels), "");
    }

    /** HellaSwag: a scene and four ways in which it goes on. */
    static ChoiceQuestion hellaSwag(ChoiceRow row) {
        String scene = row.text("ctx_a") + " " + capitalised(row.text("ctx_b"));
        List<String> endings = row.texts("endings").stream().map(ChoiceForms::withoutMarkup).toList();
        return question(row, withoutMarkup(row.text("activity_label") + ": " + scene), endings,
                index(row, "label", row.word("label"), 0, endings.size()), "");
    }

    /** The first letter large, all others small. */
    private static String capitalised(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int second = text.offsetByCodePoints(0, 1);
        return new StringBuilder().appendCodePoint(Character.toTitleCase(text.codePointAt(0)))
                .append(text.substring(second).toLowerCase(Locale.ROOT)).toString();
    }

    /** Part of the texts is from WikiHow and keeps some of its markup in brackets. */
    private static String withoutMarkup(String text) {
        return BRACKETS.matcher(text.strip().replace(" [title]", ". ")).replaceAll("").replace("  ", " ");
    }

    /** WinoGrande: a sentence with a gap and two words for it. What is scored is the sentence after the gap. */
    static ChoiceQuestion winoGrande(ChoiceRow row) {
        String sentence = row.text("sentence");
        int gap = sentence.indexOf(GAP);
        if (gap < 0) {
            throw row.bad("the sentence has no gap '" + GAP + "'");
        }
        String rest = sentence.substring(gap + GAP.length()).strip();
        int right = index(row, "answer", row.word("answer"), 1, 2);
        return checked(row, List.of(
                new Option(sentence.substring(0, gap) + row.text("option1"), rest, right == 0),
                new Option(sentence.substring(0, gap) + row.text("option2"), rest, right == 1)), "");
    }

    /** MMLU: choices behind letters, and the letter is the answer. */
    static ChoiceQuestion mmlu(ChoiceRow row) {
        List<String> choices = row.texts("choices");
        List<String> letters =
                IntStream.range(0, choices.size()).mapToObj(i -> String.valueOf((char) ('A' + i))).toList();
        StringBuilder context = new StringBuilder(row.text("question").strip());
        for (int i = 0; i < choices.size(); i++) {
            context.append('\n').append(letters.get(i)).append(". ").append(choices.get(i));
        }
        String answer = row.word("answer");
        int right = letters.contains(answer)
                ? letters.indexOf(answer)
                : index(row, "answer", answer, 0, choices.size());
        return question(row, context.append("\nAnswer:").toString(), letters, right,
                row.has("subject") ? row.text("subject") : "");
    }

    /** TruthfulQA with several right answers, as published (answers with 1 or 0) or as tables have it (two lists). */
    static ChoiceQuestion truthfulQa(ChoiceRow row) {
        String context = "Q: " + row.text("question") + "\nA:";
        JsonNode targets = row.field("mc2_targets");
        List<Option> options = new ArrayList<>();
        if (targets.has("choices")) {
            List<String> choices = row.texts("mc2_targets.choices");
            JsonNode labels = row.array("mc2_targets.labels");
            if (labels.size() != choices.size()) {
                throw row.bad("there are " + choices.size() + " choices, but " + labels.size() + " labels");
            }
            for (int i = 0; i < choices.size(); i++) {
                options.add(new Option(context, choices.get(i), labels.get(i).asInt() == 1));
            }
        } else {
            targets.properties().forEach(entry ->
                    options.add(new Option(context, entry.getKey(), entry.getValue().asInt() == 1)));
        }
        return checked(row, options, "");
    }

    /** The plain form: a context, choices, and the index of the right one from 0. */
    static ChoiceQuestion choices(ChoiceRow row) {
        List<String> choices = row.texts("choices");
        return question(row, row.text("context"), choices, index(row, "answer", row.word("answer"), 0, choices.size()),
                row.has("subject") ? row.text("subject") : "");
    }

    /** A number from {@code first} on as an index from 0. */
    private static int index(ChoiceRow row, String field, String number, int first, int count) {
        return row.indexOf(field, number, IntStream.range(first, first + count).mapToObj(Integer::toString).toList());
    }

    private static ChoiceQuestion question(
            ChoiceRow row, String context, List<String> answers, int right, String subject) {
        return checked(row, IntStream.range(0, answers.size())
                .mapToObj(i -> new Option(context, answers.get(i), i == right)).toList(), subject);
    }

    private static ChoiceQuestion checked(ChoiceRow row, List<Option> options, String subject) {
        try {
            return new ChoiceQuestion(options, subject, row.where());
        } catch (IllegalArgumentException unusable) {
            throw row.bad(unusable.getMessage());
        }
    }
}
