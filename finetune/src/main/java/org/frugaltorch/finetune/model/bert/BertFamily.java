package org.frugaltorch.finetune.model.bert;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Optional;
import org.frugaltorch.finetune.model.BlockLayout;
import org.frugaltorch.finetune.model.ClassifierHead;
import org.frugaltorch.finetune.model.ConfigReader;
import org.frugaltorch.finetune.model.InputLayout;
import org.frugaltorch.finetune.model.ModelFamily;
import org.frugaltorch.finetune.model.ParameterNames;
import org.frugaltorch.finetune.model.ParameterNames.Part;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.nn.Activation;

/** BERT and an encoder that differs from it in its positions and its head, as Hugging Face publishes them. */
public enum BertFamily implements ModelFamily {
    /** BERT (Devlin et al., 2019), and the many encoders built like it: MiniLM, BGE, E5. */
    BERT(0, 1e-12) {
        @Override
        ClassifierHead head(double dropout) {
            return new ClassifierHead(new ClassifierHead.Dense(names().of(Part.POOLER), true), "classifier", true,
                    dropout, Pooling.CLS, "BertForSequenceClassification");
        }

        @Override
        String tokenArchitecture() {
            return "BertForTokenClassification";
        }
    },
    /** RoBERTa (Liu et al., 2019): positions are counted from behind the padding token's number. */
    ROBERTA(1, 1e-5) {
        @Override
        int positionOffset(int padTokenId) {
            return padTokenId + 1;
        }

        @Override
        ClassifierHead head(double dropout) {
            return new ClassifierHead(new ClassifierHead.Dense("classifier.dense", false), "classifier.out_proj", true,
                    dropout, Pooling.CLS, "RobertaForSequenceClassification");
        }

        @Override
        String tokenArchitecture() {
            return "RobertaForTokenClassification";
        }
    };

    private static final double USUAL_DROPOUT = 0.1;

    private final int usualPadding;
    private final double usualEpsilon;
    private final ParameterNames names;

    BertFamily(int usualPadding, double usualEpsilon) {
        this.usualPadding = usualPadding;
        this.usualEpsilon = usualEpsilon;
        this.names = EncoderNames.under(modelType() + ".");
    }

    /** Rows of the position table that no real token reads. */
    int positionOffset(int padTokenId) {
        return 0;
    }

    abstract ClassifierHead head(double dropout);

    abstract String tokenArchitecture();

    @Override
    public String modelType() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public TransformerConfig config(JsonNode json) {
        ConfigReader reader = new ConfigReader(json);
        reader.refuseUnless("position_embedding_type", "absolute");
        reader.refuseUnless("is_decoder", "false");
        int hiddenSize = reader.integer("hidden_size");
        int heads = reader.integer("num_attention_heads");
        reader.requireMultiple("hidden_size", hiddenSize, "num_attention_heads", heads);
        int padTokenId = reader.integer("pad_token_id", usualPadding);
        int offset = positionOffset(padTokenId);
        return new TransformerConfig(
                modelType(),
                reader.integer("vocab_size"),
                hiddenSize,
                reader.integer("num_hidden_layers"),
                heads,
                heads,
                hiddenSize / heads,
                reader.integer("intermediate_size"),
                reader.integer("max_position_embeddings") - offset,
                reader.integer("type_vocab_size"),
                BlockLayout.POST_NORM_ENCODER,
                Activation.named(reader.text("hidden_act", "gelu")),
                reader.number("layer_norm_eps", usualEpsilon),
                reader.number("hidden_dropout_prob", USUAL_DROPOUT),
                reader.number("attention_probs_dropout_prob", USUAL_DROPOUT),
                reader.number("initializer_range", 0.02),
                padTokenId,
                null,
                reader.flag("tie_word_embeddings", true),
                InputLayout.words(hiddenSize, offset),
                0,
                null);
    }

    @Override
    public ParameterNames names() {
        return names;
    }

    @Override
    public ClassifierHead head(JsonNode json) {
        return head(classifierDropout(json));
    }

    @Override
    public Optional<ClassifierHead> tokenHead(JsonNode json) {
        return Optional.of(ClassifierHead.ofTokens("classifier", classifierDropout(json), tokenArchitecture()));
    }

    private static double classifierDropout(JsonNode json) {
        ConfigReader reader = new ConfigReader(json);
        return reader.number("classifier_dropout", reader.number("hidden_dropout_prob", USUAL_DROPOUT));
    }
}
