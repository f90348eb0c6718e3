/** Models, the methods that save memory, training, reports and the command line. */
module org.frugaltorch.finetune {
    requires com.fasterxml.jackson.databind;
    requires me.tongfei.progressbar;
    requires org.frugaltorch.runtime;

    exports org.frugaltorch.finetune.measure;
    exports org.frugaltorch.finetune.metrics;
    exports org.frugaltorch.finetune.train;

    opens org.frugaltorch.finetune.train to com.fasterxml.jackson.databind;
}
