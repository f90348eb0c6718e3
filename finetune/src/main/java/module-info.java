/** Models, data, training and the command line. */
module org.frugaltorch.finetune {
    requires transitive org.frugaltorch.runtime;
    requires ai.djl.api;
    requires ai.djl.tokenizers;
    requires com.fasterxml.jackson.databind;
    requires com.google.protobuf;
    requires info.picocli;
    requires java.xml;
    requires org.apache.commons.compress;
    requires org.apache.commons.csv;

    exports org.frugaltorch.finetune.data;
    exports org.frugaltorch.finetune.importer;

    opens org.frugaltorch.finetune.cli to info.picocli;
}
