package org.frugaltorch.finetune.cli.doctor;

/** The Java that runs us. */
final class JavaCheck implements Check {

    @Override
    public String title() {
        return "Java";
    }

    @Override
    public Finding look() {
        return new Finding.Builder()
                .value("version", Runtime.version().toString())
                .value("vendor", System.getProperty("java.vendor"))
                .value("home", System.getProperty("java.home"))
                .value("heap_limit_bytes", Runtime.getRuntime().maxMemory())
                .usable();
    }
}
