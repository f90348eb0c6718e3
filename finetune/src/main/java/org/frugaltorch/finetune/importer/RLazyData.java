package org.frugaltorch.finetune.importer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.frugaltorch.io.DataException;
import org.tukaani.xz.LZMA2InputStream;

/**
 * The data sets of an R package: {@code Rdata.rdb} holds them one after the other, each compressed, {@code Rdata.rdx} says
 * where each is.
 */
final class RLazyData {
    private static final int GZIP = 0x1f;
    private static final int XZ_DICTIONARY = 1 << 26; // more than any preset of xz takes

    private final byte[] data;
    private final RValue places;
    private final int compression;

    /** @throws DataException if the index is damaged */
    RLazyData(byte[] index, byte[] data) {
        this.data = data.clone();
        try (InputStream stream = index.length > 0 && index[0] == GZIP
                ? new GZIPInputStream(new ByteArrayInputStream(index))
                : new InflaterInputStream(new ByteArrayInputStream(index))) {
            RValue content = RSerialization.read(stream.readAllBytes());
            this.places = content.get("variables");
            this.compression = ((int[]) content.get("compressed").content())[0];
        } catch (IOException | ClassCastException torn) {
            throw new DataException("the index of an R package's data cannot be read: " + torn.getMessage(), torn);
        }
    }

    /** A data set by its name. */
    RValue get(String name) {
        int[] place = (int[]) places.get(name).content();
        if (place.length != 2 || place[0] < 0 || place[1] <= Integer.BYTES || (long) place[0] + place[1] > data.length) {
            throw new DataException("an R package's data set '" + name + "' lies outside its file");
        }
        byte[] chunk = Arrays.copyOfRange(data, place[0], place[0] + place[1]);
        try {
            return RSerialization.read(decompress(chunk));
        } catch (IOException torn) {
            throw new DataException("an R package's data set '" + name + "' is damaged: " + torn.getMessage(), torn);
        }
    }

    /** Four bytes tell the length; then, unless zlib is used throughout, a letter how it is compressed. */
    private byte[] decompress(byte... chunk) throws IOException {
        int length = ByteBuffer.wrap(chunk).getInt();
        int start = Integer.BYTES;
        char kind = 'z';
        if (compression > 1) {
            kind = (char) chunk[start++];
        }
        InputStream packed = new ByteArrayInputStream(chunk, start, chunk.length - start);
        try (InputStream stream = switch (kind) {
            case 'z' -> new InflaterInputStream(packed);
            case '2' -> new BZip2CompressorInputStream(packed);
            case 'Z' -> new LZMA2InputStream(packed, XZ_DICTIONARY);
            case '0' -> packed;
            default -> throw new IOException("unknown compression '" + kind + "'");
        }) {
            byte[] content = stream.readAllBytes();
            if (content.length != length) {
                throw new IOException(content.length + " bytes instead of " + length);
            }
            return content;
        }
    }
}
