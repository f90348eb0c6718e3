package org.frugaltorch.bindings;

import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The libtorch that this process runs on.
 *
 * @param home        the folder its libraries were loaded from
 * @param foundBy     the setting or place that led there, for people
 * @param version     its release
 * @param blas        the BLAS library that takes the place of its own; empty when none does
 * @param cudaLoaded  whether its CUDA libraries are loaded too
 * @param cudaProblem why its CUDA libraries, though there, could not be loaded; empty when there is no such problem
 */
public record LibtorchInfo(
        Path home, String foundBy, LibtorchVersion version, Optional<Path> blas, boolean cudaLoaded, Optional<String> cudaProblem) {

    /** What this release can do. */
    public Set<LibtorchFeature> features() {
        EnumSet<LibtorchFeature> features = EnumSet.noneOf(LibtorchFeature.class);
        for (LibtorchFeature feature : LibtorchFeature.values()) {
            if (version.isAtLeast(feature.since())) {
                features.add(feature);
            }
        }
        return Collections.unmodifiableSet(features);
    }

    /** What only newer releases can do. */
    public Set<LibtorchFeature> missingFeatures() {
        EnumSet<LibtorchFeature> missing = EnumSet.allOf(LibtorchFeature.class);
        missing.removeAll(features());
        return Collections.unmodifiableSet(missing);
    }
}
