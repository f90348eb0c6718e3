package org.frugaltorch.finetune.cli.doctor;

import java.nio.file.Path;
import org.frugaltorch.bindings.LibtorchFeature;
import org.frugaltorch.bindings.LibtorchInfo;
import org.frugaltorch.bindings.NativeLibrary;

/** The libtorch that calls go to. */
final class LibtorchCheck implements Check {

    @Override
    public String title() {
        return "libtorch";
    }

    @Override
    public Finding look() {
        LibtorchInfo info = NativeLibrary.info();
        Finding.Builder finding = new Finding.Builder()
                .value("version", info.version().toString())
                .value("home", info.home().toString())
                .value("found_by", info.foundBy())
                .value("blas", info.blas().map(Path::toString).orElse("its own"))
                .value("cuda_libraries_loaded", info.cudaLoaded());
        info.cudaProblem().ifPresent(problem -> finding.advise("CUDA cannot be used: " + problem));
        for (LibtorchFeature feature : info.missingFeatures()) {
            finding.advise("Missing here, in libtorch since " + feature.since() + ": " + feature.description() + ".");
        }
        return finding.usable();
    }
}
