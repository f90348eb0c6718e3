package org.frugaltorch.finetune.importer;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.frugaltorch.io.DataException;

/**
 * A TensorFlow checkpoint of one shard: an index, which is a {@link LevelDbTable} from names to places, and a file of raw
 * data. Protobuf field numbers are those of TensorFlow's {@code BundleHeaderProto} and {@code BundleEntryProto}.
 */
final class TensorBundle {
    private static final int DT_FLOAT = 1;
    private static final int CRC_CHUNK = 1 << 24;

    private final String source;
    private final MemorySegment data;

    private TensorBundle(String source, MemorySegment data) {
        this.source = source;
        this.data = data;
    }

    /**
     * The float32 tensors by name, as slices of {@code data}; every checksum is verified.
     *
     * @param source what is being read, for messages
     * @throws DataException if the index or the data is damaged
     */
    static Map<String, WeightTensor> read(String source, byte[] index, MemorySegment data) {
        TensorBundle bundle = new TensorBundle(source, data);
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        LevelDbTable.read(source, index).forEach((key, value) -> {
            try {
                CodedInputStream in = CodedInputStream.newInstance(value);
                if (key.isEmpty()) {
                    bundle.checkHeader(in);
                } else {
                    bundle.readEntry(key, in, tensors);
                }
            } catch (IOException failure) {
                throw new DataException(source + ": the entry of '" + key + "' is damaged: " + failure.getMessage(), failure);
            }
        });
        return tensors;
    }

    private void checkHeader(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> require(in.readInt32() == 1, " is spread over several shards, which is not supported");
                case 2 -> require(in.readInt32() == 0, " is big-endian, which is not supported");
                default -> in.skipField(tag);
            }
        }
    }

    private void readEntry(String name, CodedInputStream in, Map<String, WeightTensor> tensors) throws IOException {
        int type = 0;
        List<Long> dims = new ArrayList<>();
        long offset = 0;
        long size = 0;
        int checksum = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> type = in.readInt32();
                case 2 -> readShape(in, dims);
                case 4 -> offset = in.readInt64();
                case 5 -> size = in.readInt64();
                case 6 -> checksum = in.readFixed32();
                default -> in.skipField(tag);
            }
        }
        require(offset >= 0 && size >= 0 && offset <= data.byteSize() - size,
                ": the data of '" + name + "' lies beyond the end of the data file");
        MemorySegment slice = data.asSlice(offset, size);
        require(LevelDbTable.mask(crc(slice)) == checksum, ": the data of '" + name + "' is damaged, its checksum differs");
        if (type == DT_FLOAT) {
            long[] shape = dims.stream().mapToLong(Long::longValue).toArray();
            double expected = Arrays.stream(shape).asDoubleStream().reduce(Float.BYTES, (bytes, dim) -> bytes * dim);
            require(expected == size, ": '" + name + "' " + Arrays.toString(shape) + " has " + size + " bytes of data");
            tensors.put(name, new WeightTensor(name, shape, slice));
        }
    }

    private static void readShape(CodedInputStream in, List<Long> dims) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == 2) {
                dims.add(readDimension(in));
            } else {
                in.skipField(tag);
            }
        }
        in.popLimit(outer);
    }

    private static long readDimension(CodedInputStream in) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        long size = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == 1) {
                size = in.readInt64();
            } else {
                in.skipField(tag);
            }
        }
        in.popLimit(outer);
        return size;
    }

    private static CRC32C crc(MemorySegment data) {
        CRC32C crc = new CRC32C();
        for (long at = 0; at < data.byteSize(); at += CRC_CHUNK) {
            crc.update(data.asSlice(at, Math.min(CRC_CHUNK, data.byteSize() - at)).asByteBuffer());
        }
        return crc;
    }

    private void require(boolean condition, String problem) {
        if (!condition) {
            throw new DataException(source + problem);
        }
    }
}
