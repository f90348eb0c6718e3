package org.frugaltorch.io;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the weights of a model directory as {@link Checkpoint} reads them: one file, or shards and their index when
 * they would be too large for one.
 */
public final class CheckpointWriter {
    /** Shards of this many bytes at most, unless someone wants other ones. */
    public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, String> PYTORCH = Map.of("format", "pt");

    private CheckpointWriter() {
    }

    /**
     * Writes all groups, in their order and one at a time.
     *
     * @param maxShardBytes of tensors a file; only a group that is larger by itself makes a larger one
     * @return the number of files with weights
     * @throws DataException if they cannot be written
     */
    public static int write(Path directory, List<TensorGroup> groups, long maxShardBytes) {
        List<List<TensorGroup>> shards = shards(groups, maxShardBytes);
        if (shards.size() == 1) {
            SafetensorsWriter.writeGroups(directory.resolve(Checkpoint.SINGLE_FILE), groups, PYTORCH);
            return 1;
        }
        ObjectNode index = JSON.createObjectNode();
        index.putObject("metadata").put("total_size", groups.stream().mapToLong(TensorGroup::byteSize).sum());
        ObjectNode weightMap = index.putObject("weight_map");
        for (int i = 0; i < shards.size(); i++) {
            String file = String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
            SafetensorsWriter.writeGroups(directory.resolve(file), shards.get(i), PYTORCH);
            shards.get(i).forEach(group -> group.tensors().forEach(tensor -> weightMap.put(tensor.name(), file)));
        }
        AtomicFiles.writeString(directory.resolve(Checkpoint.INDEX_FILE), index.toPrettyString() + "\n");
        return shards.size();
    }

    private static List<List<TensorGroup>> shards(List<TensorGroup> groups, long maxShardBytes) {
        List<List<TensorGroup>> shards = new ArrayList<>();
        List<TensorGroup> current = new ArrayList<>();
        long bytes = 0;
        for (TensorGroup group : groups) {
            if (!current.isEmpty() && bytes + group.byteSize() > maxShardBytes) {
                shards.add(current);
                current = new ArrayList<>();
                bytes = 0;
            }
            current.add(group);
            bytes += group.byteSize();
        }
        shards.add(current);
        return shards;
    }
}
