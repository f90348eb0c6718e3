package org.frugaltorch.finetune.instruction;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.frugaltorch.finetune.text.JsonFile;
import org.frugaltorch.io.DataException;

/**
 * How an instruction becomes a prompt; the answer follows directly after it.
 *
 * @param promptInput for an instruction with an input: a text with {@code {instruction}} and {@code {input}}
 * @param promptNoInput for one without: a text with {@code {instruction}}
 * @param responseSplit the last heading of both, after which the answer begins
 */
public record PromptTemplate(String promptInput, String promptNoInput, String responseSplit) {
    /** Headings alone, without a preamble. */
    public static final PromptTemplate PLAIN = new PromptTemplate(
            "### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:\n",
            "### Instruction:\n{instruction}\n\n### Response:\n", "### Response:");

    private static final Pattern PLACE = Pattern.compile("\\{(instruction|input)}");

    public PromptTemplate {
        List<String> problems = new ArrayList<>();
        require(problems, promptInput.contains("{instruction}"), "prompt_input has no {instruction}");
        require(problems, promptInput.contains("{input}"), "prompt_input has no {input}");
        require(problems, promptNoInput.contains("{instruction}"), "prompt_no_input has no {instruction}");
        require(problems, !responseSplit.isBlank() && promptInput.contains(responseSplit)
                && promptNoInput.contains(responseSplit), "response_split does not occur in both prompts");
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("The prompt template is not usable: " + String.join("; ", problems));
        }
    }

    private static void require(List<String> problems, boolean holds, String problem) {
        if (!holds) {
            problems.add(problem);
        }
    }

    /**
     * Reads a JSON object with the texts {@code prompt_input}, {@code prompt_no_input} and {@code response_split}, the form
     * in which Alpaca-LoRA and others share their templates.
     *
     * @throws DataException if the file is missing or not of that form
     */
    public static PromptTemplate read(Path file) {
        JsonNode json = JsonFile.read(file);
        try {
            return new PromptTemplate(
                    text(json, "prompt_input"), text(json, "prompt_no_input"), text(json, "response_split"));
        } catch (IllegalArgumentException unusable) {
            throw new DataException(file + ": " + unusable.getMessage(), unusable);
        }
    }

    private static String text(JsonNode json, String field) {
        if (!json.path(field).isTextual()) {
            throw new IllegalArgumentException("there is no text " + field);
        }
        return json.get(field).textValue();
    }

    /** The prompt of an example, without its answer. */
    public String prompt(InstructionExample example) {
        boolean hasInput = !example.input().isBlank();
        Map<String, String> values = Map.of("instruction", example.instruction(), "input", example.input());
        // In one pass: what was filled in may hold braces of its own.
        return PLACE.matcher(hasInput ? promptInput : promptNoInput)
                .replaceAll(place -> Matcher.quoteReplacement(values.get(place.group(1))));
    }

    /** The answer in a text that begins with a prompt. */
    public String answer(String text) {
        int heading = text.indexOf(responseSplit);
        return heading < 0 ? text.strip() : text.substring(heading + responseSplit.length()).strip();
    }
}
