package org.frugaltorch.finetune.cli.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import org.frugaltorch.bindings.LibtorchInstaller;

/** The folder for what was unpacked once. */
final class CacheCheck implements Check {

    @Override
    public String title() {
        return "Cache";
    }

    @Override
    public Finding look() {
        Path root = LibtorchInstaller.cacheRoot();
        return new Finding.Builder()
                .value("folder", root.toString())
                .value("exists", Files.isDirectory(root))
                .usable();
    }
}
