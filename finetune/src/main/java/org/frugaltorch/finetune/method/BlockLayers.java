package org.frugaltorch.finetune.method;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.model.TransformerBlock;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.Parameters;

/** The names of the linear layers that belong to blocks of a model, whatever a family calls them. */
final class BlockLayers {
    private BlockLayers() {}

    /** Full names of all linear layers of the given blocks. */
    static List<String> of(List<TransformerBlock> blocks, Parameters model) {
        Map<Linear, String> names = new IdentityHashMap<>();
        model.linears().forEach((name, linear) -> names.put(linear, name));
        List<String> prefixes = blocks.stream()
                .map(block -> common(names.get(block.attention().query()), names.get(block.feedForward().down())))
                .toList();
        return model.linears().keySet().stream().filter(name -> prefixes.stream().anyMatch(name::startsWith)).toList();
    }

    /** What the names of two layers of a block have in common, up to a dot. */
    private static String common(String one, String other) {
        int length = 0;
        while (length < Math.min(one.length(), other.length()) && one.charAt(length) == other.charAt(length)) {
            length++;
        }
        return one.substring(0, one.substring(0, length).lastIndexOf('.') + 1);
    }
}
