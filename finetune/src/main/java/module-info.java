/** Models, data, training and the command line. */
module org.frugaltorch.finetune {
    requires transitive org.frugaltorch.runtime;
    requires transitive com.fasterxml.jackson.databind;
    requires ai.djl.api;
    requires ai.djl.tokenizers;
    requires com.google.protobuf;
    requires info.picocli;
    requires java.desktop;
    requires java.xml;
    requires me.tongfei.progressbar;
    requires org.apache.commons.compress;
    requires org.apache.commons.csv;
    requires org.slf4j; // the tokenizers library logs, and cannot say so itself
    requires org.tukaani.xz;
    requires xchart;

    uses org.frugaltorch.finetune.cli.Subcommand;

    exports org.frugaltorch.finetune.classification;
    exports org.frugaltorch.finetune.cli;
    exports org.frugaltorch.finetune.conversion;
    exports org.frugaltorch.finetune.data;
    exports org.frugaltorch.finetune.evaluation;
    exports org.frugaltorch.finetune.generation;
    exports org.frugaltorch.finetune.glue;
    exports org.frugaltorch.finetune.image;
    exports org.frugaltorch.finetune.importer;
    exports org.frugaltorch.finetune.instruction;
    exports org.frugaltorch.finetune.lora;
    exports org.frugaltorch.finetune.measure;
    exports org.frugaltorch.finetune.meft;
    exports org.frugaltorch.finetune.memory;
    exports org.frugaltorch.finetune.method;
    exports org.frugaltorch.finetune.metrics;
    exports org.frugaltorch.finetune.model;
    exports org.frugaltorch.finetune.pretraining;
    exports org.frugaltorch.finetune.quant;
    exports org.frugaltorch.finetune.report;
    exports org.frugaltorch.finetune.service;
    exports org.frugaltorch.finetune.tagging;
    exports org.frugaltorch.finetune.text;
    exports org.frugaltorch.finetune.tokentune;
    exports org.frugaltorch.finetune.train;

    opens org.frugaltorch.finetune.cli to
            info.picocli;
    opens org.frugaltorch.finetune.memory to
            com.fasterxml.jackson.databind;
    opens org.frugaltorch.finetune.report to
            com.fasterxml.jackson.databind;
    opens org.frugaltorch.finetune.train to
            com.fasterxml.jackson.databind;
    opens org.frugaltorch.finetune.cli.doctor to
            com.fasterxml.jackson.databind,
            info.picocli;
}
