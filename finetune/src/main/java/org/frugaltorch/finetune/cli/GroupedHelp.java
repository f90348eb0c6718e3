package org.frugaltorch.finetune.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Help;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Lists a command's options under the headings of the classes that are mixed in, and its own at the end. A class
 * without a heading continues the one before.
 */
final class GroupedHelp implements IModelTransformer {
    /** Made by picocli. */
    GroupedHelp() {}

    @Override
    public CommandSpec transform(CommandSpec command) {
        command.usageMessage().sectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING, help -> "");
        command.usageMessage().sectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, GroupedHelp::options);
        return command;
    }

    private static String options(Help help) {
        CommandSpec command = help.commandSpec();
        Set<OptionSpec> rest = new LinkedHashSet<>(command.options());
        StringBuilder text = new StringBuilder();
        for (CommandSpec mixin : command.mixins().values()) {
            String heading = mixin.usageMessage().optionListHeading();
            boolean headed = heading != null && !heading.isEmpty();
            if (headed || !text.isEmpty()) {
                List<OptionSpec> group = new ArrayList<>();
                mixin.options().forEach(option -> group.add(command.findOption(option.longestName())));
                group.forEach(rest::remove);
                text.append(headed ? String.format(heading) : "").append(help.optionListExcludingGroups(group));
            }
        }
        return text.append(String.format("%nFurther:%n"))
                .append(help.optionListExcludingGroups(new ArrayList<>(rest))).toString();
    }
}
