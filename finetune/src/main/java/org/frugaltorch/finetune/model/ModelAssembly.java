package org.frugaltorch.finetune.model;

import java.util.function.Function;
import java.util.function.Predicate;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Tensor;

/**
 * Puts whole models together from a family's parts and a source of weights.
 *
 * @param config with which they compute
 * @param parameters receives every weight
 * @param trainable of which names the weights require gradients
 * @param treatment of every linear layer but the heads of classifiers
 */
record ModelAssembly(
        ModelFamily family, TransformerConfig config, ParameterSource source, Parameters parameters,
        Predicate<String> trainable, LinearTreatment treatment) {
    private static final String LANGUAGE_HEAD = "lm_head";
    private static final String SCORE_BIAS = "final_logits_bias";
    private static final int USUAL_START_TOKEN = 2;

    private StackBuilder builder(TransformerConfig stack, ParameterNames names, ParameterSource from) {
        return new StackBuilder(stack, names, from, parameters, trainable, treatment);
    }

    /** Heads are trained, so nothing is done to them. */
    private StackBuilder headBuilder(ParameterSource from) {
        return new StackBuilder(config, family.names(), from, parameters, trainable, LinearTreatment.NONE);
    }

    TransformerStack stack() {
        return builder(config, family.names(), source).stack();
    }

    /** A model that owns its parameters; they are closed when it cannot be made. */
    static <T> T owning(Function<Parameters, T> assembly) {
        Parameters parameters = new Parameters();
        try {
            return assembly.apply(parameters);
        } catch (RuntimeException failure) {
            parameters.close();
            throw failure;
        }
    }

    private EncoderDecoder encoderDecoder(ConfigReader json) {
        TransformerStack encoder = builder(config.encoder(), family.encoderNames(), source).stack();
        return new EncoderDecoder(encoder, stack(), json.integer("decoder_start_token_id", USUAL_START_TOKEN));
    }

    /**
     * A classifier.
     *
     * @param head of the family
     * @param fresh where weights of a head come from that the source does not have
     */
    SequenceClassifier classifier(
            ConfigReader json, ClassifierHead head, Pooling pooling, int classes, double dropout,
            ParameterSource fresh) {
        Backbone backbone = config.encoder() == null ? stack() : encoderDecoder(json);
        int size = config.input().wordSize();
        Linear dense = null;
        if (head.dense() != null) {
            // A pretrained layer drawn at random would be none, and a model without it is smaller.
            boolean stored = source instanceof CheckpointSource && source.has(head.dense().name() + ".weight");
            if (stored || !head.dense().pretrained()) {
                dense = headBuilder(stored ? source : fresh)
                        .linear(head.dense().name(), size, size);
            }
        }
        Linear output = output(head, classes, hasHead(head, classes) ? source : fresh);
        boolean drops = head.dense() != null && !head.dense().pretrained();
        return new SequenceClassifier(
                backbone, pooling, new ScoreHead(dense, drops ? dropout : 0, output, dropout), parameters);
    }

    /**
     * A classifier of tokens.
     *
     * @param head of the family
     * @param continued whether a head that the source has for as many classes is this one
     * @param fresh where the weights of another head come from
     */
    TokenClassifier tokenClassifier(
            ClassifierHead head, int classes, double dropout, boolean continued, ParameterSource fresh) {
        TransformerStack stack = stack();
        Linear output = output(head, classes, continued && hasHead(head, classes) ? source : fresh);
        return new TokenClassifier(stack, new ScoreHead(null, 0, output, dropout), parameters);
    }

    private Linear output(ClassifierHead head, int classes, ParameterSource from) {
        return headBuilder(from).linear(head.output(), classes, config.input().wordSize(), head.biased());
    }

    /** Whether the source has a head for that many classes. */
    private boolean hasHead(ClassifierHead head, int classes) {
        String name = head.output() + ".weight";
        return source.has(name)
                && (!(source instanceof CheckpointSource checkpoint) || checkpoint.shape(name)[0] == classes);
    }

    /** @param file that parameters lie in without a copy, closed with the model; or null */
    CausalLanguageModel languageModel(TensorSource file) {
        TransformerStack stack = stack();
        return new CausalLanguageModel(stack, languageHead(stack), parameters, file);
    }

    TextToTextModel textToText(ConfigReader json) {
        EncoderDecoder backbone = encoderDecoder(json);
        Tensor bias = source.has(SCORE_BIAS)
                ? parameters.add(SCORE_BIAS,
                        source.get(SCORE_BIAS, new Initializer.Constant(0), false, 1, config.vocabSize()))
                : null;
        return new TextToTextModel(backbone, languageHead(backbone.decoder()), bias, parameters);
    }

    private Linear languageHead(TransformerStack stack) {
        if (!(stack.embeddings() instanceof TokenEmbeddings words)) {
            throw new IllegalStateException("Only a model of words scores words");
        }
        return config.tieWordEmbeddings()
                ? new Linear(words.word(), null)
                : builder(config, family.names(), source)
                        .linear(LANGUAGE_HEAD, config.vocabSize(), config.input().wordSize(), false);
    }
}
