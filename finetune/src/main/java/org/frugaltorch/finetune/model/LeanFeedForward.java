package org.frugaltorch.finetune.model;

import java.util.List;
import java.util.stream.Stream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.FunctionContext;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.autograd.JavaMultiFunction;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.engine.RandomReplay;
import org.frugaltorch.nn.Norm;
import org.frugaltorch.tensor.RepeatableDraws;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * A norm and the feed-forward network behind it, of which only the norm's input and what the activation function reads
 * is kept: {@code H + I} numbers a token instead of {@code 2 H + 2 I} ({@code H + 2 I} instead of {@code 2 H + 4 I} when gated). The
 * backward pass computes norm and activation again, which is little work, and no product with a dense matrix.
 *
 * <p>The outputs are the normed states, which a post-norm block adds to, and what the network adds.
 */
final class LeanFeedForward extends JavaMultiFunction {
    private static final int NORMED = 0;
    private static final int ADDED = 1;

    private static final int INPUT = 0;
    private static final int STATE_BEFORE_WIDEN = 1;
    private static final int STATE_BEFORE_NARROW = 2;
    private static final int FIRST_WIDE = 3;

    private final Norm norm;
    private final FeedForward feedForward;
    private final ForwardMode mode;

    LeanFeedForward(Norm norm, FeedForward feedForward, ForwardMode mode) {
        this.norm = norm;
        this.feedForward = feedForward;
        this.mode = mode;
    }

    @Override
    protected List<Tensor> parameters() {
        return Stream.concat(norm.parameters().stream(), feedForward.parameters().stream()).toList();
    }

    @Override
    protected Tensor[] forward(FunctionContext context, Tensor... inputs) {
        Tensor normed = norm.forward(inputs[0]);
        if (!context.isRecording()) {
            return new Tensor[] {normed, feedForward.forward(normed, mode)};
        }
        // What is dropped, also by adapters on the layers, must be dropped again in backward.
        try (RepeatableDraws required = RepeatableDraws.require()) {
            context.save(inputs[0], Engine.randomState());
            Tensor[] wide = feedForward.widen(normed);
            context.save(Engine.randomState());
            context.save(wide);
            Tensor active = feedForward.activate(wide);
            for (Tensor each : wide) {
                each.close();
            }
            return new Tensor[] {normed, feedForward.down().forward(mode.dropout(active, feedForward.dropout()))};
        }
    }

    @Override
    protected Tensor[] backward(FunctionContext context, Tensor... gradients) {
        try (TensorScope scope = TensorScope.open();
                GradMode on = GradMode.enabled()) {
            Tensor input = context.saved(INPUT).detach().setRequiresGrad(true);
            Tensor normed = norm.forward(input);
            Tensor byNormed = gradients[NORMED];
            if (gradients[ADDED] != null) {
                Tensor byNetwork = throughNetwork(context, normed.detach(), gradients[ADDED]);
                byNormed = byNormed == null ? byNetwork : byNormed.add(byNetwork);
            }
            Backward.run(normed, byNormed);
            return new Tensor[] {scope.promote(input.grad())};
        }
    }

    private Tensor throughNetwork(FunctionContext context, Tensor normed, Tensor gradient) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor[] wide = new Tensor[context.savedCount() - FIRST_WIDE];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = context.take(FIRST_WIDE + i).setRequiresGrad(true);
            }
            Tensor active = feedForward.activate(wide);
            try (RandomReplay narrowing = new RandomReplay(context.saved(STATE_BEFORE_NARROW))) {
                Tensor dropped = mode.dropout(active, feedForward.dropout());
                Backward.run(dropped, feedForward.down().backward(dropped.detach(), gradient));
                dropped.close();
            }
            active.close();
            Tensor[] byWide = new Tensor[wide.length];
            for (int i = 0; i < wide.length; i++) {
                byWide[i] = wide[i].grad();
                wide[i].close();
            }
            try (RandomReplay widening = new RandomReplay(context.saved(STATE_BEFORE_WIDEN))) {
                return scope.promote(feedForward.widenBackward(normed, byWide));
            }
        }
    }
}
