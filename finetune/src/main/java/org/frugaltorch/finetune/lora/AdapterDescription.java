package org.frugaltorch.finetune.lora;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.frugaltorch.finetune.lora.AdapterOrigin.Task;
import org.frugaltorch.finetune.text.JsonFile;

/**
 * What an adapter on disk says of itself, without any of its weights being read.
 *
 * @param settings of the adapter
 * @param baseModel name or path of the model that it was trained on, if it says so
 * @param shapes of its tensors, by names without PEFT's prefix
 */
public record AdapterDescription(LoraSettings settings, Optional<String> baseModel, Map<String, long[]> shapes) {

    /** Whether a directory holds an adapter of some kind. */
    public static boolean isAdapter(Path directory) {
        return Files.isRegularFile(directory.resolve(AdapterDirectory.CONFIG));
    }

    /**
     * What the model of an adapter does, by the adapter's configuration, of whichever method it is.
     *
     * @throws org.frugaltorch.io.DataException when that cannot be read
     */
    public static Task task(Path directory) {
        String stated = JsonFile.read(directory.resolve(AdapterDirectory.CONFIG)).path("task_type").asText();
        return Arrays.stream(Task.values()).filter(task -> task.name().equals(stated)).findFirst().orElse(Task.OTHER);
    }

    /**
     * Looks into a directory that PEFT or {@link LoraAdapters#save} wrote.
     *
     * @throws org.frugaltorch.io.DataException when it holds no adapter of low rank
     */
    public static AdapterDescription of(Path directory) {
        try (AdapterDirectory adapter = AdapterDirectory.open(directory)) {
            Map<String, long[]> shapes = new LinkedHashMap<>();
            adapter.tensors().forEach((name, entry) -> shapes.put(name, entry.shape()));
            return new AdapterDescription(adapter.settings(), adapter.baseModel(), shapes);
        }
    }
}
