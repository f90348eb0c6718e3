/** Models, the methods that save memory, training, reports and the command line. */
module org.frugaltorch.finetune {
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires java.desktop;
    requires me.tongfei.progressbar;
    requires org.frugaltorch.runtime;
    requires xchart;

    exports org.frugaltorch.finetune.cli;
    exports org.frugaltorch.finetune.measure;
    exports org.frugaltorch.finetune.metrics;
    exports org.frugaltorch.finetune.report;
    exports org.frugaltorch.finetune.train;

    opens org.frugaltorch.finetune.cli to info.picocli;
    opens org.frugaltorch.finetune.report to com.fasterxml.jackson.databind;
    opens org.frugaltorch.finetune.train to com.fasterxml.jackson.databind;
}
