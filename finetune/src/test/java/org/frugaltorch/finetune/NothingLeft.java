package org.frugaltorch.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Asserts after every test of a class that is extended with this that no tensor handle outlived it. */
public final class NothingLeft implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(NothingLeft.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(NAMESPACE).put(Long.class, TensorScope.liveHandles());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertThat(TensorScope.liveHandles()).as("tensor handles that outlived the test")
                .isEqualTo(context.getStore(NAMESPACE).get(Long.class, Long.class));
    }
}
