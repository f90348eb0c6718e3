package org.frugaltorch.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The weights of a model directory in Hugging Face layout: {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} lists.
 */
public final class Checkpoint implements TensorSource {
    /** The weights of a model that fits one file. */
    public static final String SINGLE_FILE = "model.safetensors";
    /** Which shard holds which tensor, for a model of several files. */
    public static final String INDEX_FILE = "model.safetensors.index.json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path directory;
    private final Map<String, SafetensorsFile> shardOfTensor;
    private final Map<String, SafetensorsFile> shards;

    private Checkpoint(Path directory, Map<String, SafetensorsFile> shardOfTensor, Map<String, SafetensorsFile> shards) {
        this.directory = directory;
        this.shardOfTensor = shardOfTensor;
        this.shards = shards;
    }

    /**
     * Opens the weights in {@code directory}; all shards are mapped and their headers checked at once.
     *
     * @throws DataException if there are none, one is damaged, or the index names a shard or tensor that is not there
     */
    public static Checkpoint open(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new DataException("there is no model directory " + directory + interrupted(directory));
        }
        Path single = directory.resolve(SINGLE_FILE);
        Path index = directory.resolve(INDEX_FILE);
        if (Files.exists(single)) {
            SafetensorsFile file = SafetensorsFile.open(single);
            Map<String, SafetensorsFile> shardOfTensor = new LinkedHashMap<>();
            file.names().forEach(name -> shardOfTensor.put(name, file));
            return new Checkpoint(directory, shardOfTensor, Map.of(SINGLE_FILE, file));
        }
        if (Files.exists(index)) {
            return openShards(directory, index);
        }
        String advice = Files.exists(directory.resolve("pytorch_model.bin"))
                ? "; it holds a pickled pytorch_model.bin, which must be converted to safetensors first"
                : "";
        throw new DataException(
                "the directory " + directory + " has neither " + SINGLE_FILE + " nor " + INDEX_FILE + advice);
    }

    private static String interrupted(Path directory) {
        Path previous = AtomicDirectory.previous(directory);
        return Files.isDirectory(previous)
                ? "; an interrupted write left its former content in " + previous + ", rename that to get it back"
                : "";
    }

    private static Checkpoint openShards(Path directory, Path index) {
        Map<String, String> weightMap = readWeightMap(index);
        Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
        Map<String, SafetensorsFile> shardOfTensor = new LinkedHashMap<>();
        Checkpoint checkpoint = new Checkpoint(directory, shardOfTensor, shards);
        try {
            weightMap.forEach((name, shard) -> {
                SafetensorsFile file = shards.computeIfAbsent(shard, key -> openShard(directory, index, key));
                if (!file.names().contains(name)) {
                    throw new DataException(index + " says that " + shard + " holds the tensor '" + name + "', but it does not");
                }
                shardOfTensor.put(name, file);
            });
            return checkpoint;
        } catch (Throwable failure) {
            checkpoint.close();
            throw failure;
        }
    }

    private static SafetensorsFile openShard(Path directory, Path index, String shard) {
        // A name with a path could reach any file of the user's.
        if (shard.isEmpty() || shard.contains("/") || shard.contains("\\") || shard.indexOf('\0') >= 0) {
            throw new DataException(index + " names the shard '" + shard + "', which is not a plain file name");
        }
        Path file = directory.resolve(shard);
        if (!Files.isRegularFile(file)) {
            throw new DataException("the shard " + file + " is missing, but " + index.getFileName()
                    + " lists it; download or copy the whole model again");
        }
        return SafetensorsFile.open(file);
    }

    private static Map<String, String> readWeightMap(Path index) {
        JsonNode root;
        try {
            root = JSON.readTree(Files.readString(index));
        } catch (JsonProcessingException failure) {
            throw new DataException(index + " is not valid JSON: " + failure.getOriginalMessage(), failure);
        } catch (IOException failure) {
            throw DataException.unreadable(index, failure);
        }
        JsonNode weightMap = root.path("weight_map");
        if (!weightMap.isObject() || weightMap.isEmpty()) {
            throw new DataException(index + " has no weight_map that says which shard holds which tensor");
        }
        Map<String, String> result = new LinkedHashMap<>();
        weightMap.properties().forEach(entry -> {
            if (!entry.getValue().isTextual()) {
                throw new DataException(index + " gives no file name for the tensor '" + entry.getKey() + "'");
            }
            result.put(entry.getKey(), entry.getValue().textValue());
        });
        return result;
    }

    /** The directory this was opened from. */
    public Path directory() {
        return directory;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(shardOfTensor.keySet());
    }

    @Override
    public Entry entry(String name) {
        SafetensorsFile shard = shardOfTensor.get(name);
        if (shard == null) {
            throw new DataException("the weights in " + directory + " have no tensor '" + name + "'");
        }
        return shard.entry(name);
    }

    /** The texts of all shards; where two shards differ, the first one's. */
    @Override
    public Map<String, String> metadata() {
        Map<String, String> all = new LinkedHashMap<>();
        shards.values().forEach(shard -> shard.metadata().forEach(all::putIfAbsent));
        return Collections.unmodifiableMap(all);
    }

    @Override
    public void close() {
        shards.values().forEach(SafetensorsFile::close);
    }
}
