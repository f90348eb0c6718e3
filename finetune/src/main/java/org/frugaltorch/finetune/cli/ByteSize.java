package org.frugaltorch.finetune.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number of bytes, as in {@code 5GB} (10^9 each) or {@code 512MiB} (2^20 each).
 *
 * @param bytes at least 1
 */
record ByteSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGT]?I?B)?");
    private static final Map<String, Long> UNITS = Map.of("B", 1L, "KB", 1_000L, "MB", 1_000_000L, "GB", 1_000_000_000L,
            "TB", 1_000_000_000_000L, "KIB", 1L << 10, "MIB", 1L << 20, "GIB", 1L << 30, "TIB", 1L << 40);

    /** Reads a size on the command line. */
    static final class Converter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String text) {
            Matcher matcher = FORM.matcher(text.strip().toUpperCase(Locale.ROOT));
            String unit = matcher.matches() ? matcher.group(2) : null;
            if (!matcher.matches() || unit != null && !UNITS.containsKey(unit)) {
                throw new TypeConversionException("'" + text + "' is no size such as 5GB, 500MB or 2GiB");
            }
            BigDecimal factor = BigDecimal.valueOf(unit == null ? 1 : UNITS.get(unit));
            BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(factor);
            if (bytes.compareTo(BigDecimal.ONE) < 0 || bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
                throw new TypeConversionException("'" + text + "' is no size that a file can have");
            }
            return new ByteSize(bytes.longValue());
        }
    }
}
