package org.frugaltorch.jmh.bench;

import java.util.Map;

/**
 * What one process measured.
 *
 * @param seconds a call, the median of its iterations
 * @param counters what it counted beside the time
 */
record Sample(double seconds, Map<String, Double> counters) {}
