package org.frugaltorch.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs every test in a {@link TensorScope} of its own and asserts that no tensor handle outlived it:
 *
 * <pre>{@code
 * @ExtendWith(LiveHandles.class)
 * class ThingNativeTest { ... }
 * }</pre>
 *
 * <p>Fields that hold tensors are for {@code @BeforeEach} methods to fill; tensors made in constructors have no scope.
 */
public final class LiveHandles implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(LiveHandles.class);

    private record Start(long liveHandles, TensorScope scope) {}

    @Override
    public void beforeEach(ExtensionContext context) {
        long before = TensorScope.liveHandles();
        context.getStore(NAMESPACE).put(Start.class, new Start(before, TensorScope.open()));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Start start = context.getStore(NAMESPACE).get(Start.class, Start.class);
        start.scope.close();
        assertThat(TensorScope.liveHandles()).as("tensor handles that outlived the test").isEqualTo(start.liveHandles);
    }
}
