package org.frugaltorch.finetune.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Lists a command's options under the headings of the classes that are mixed in, and its own at the end. A class
 * without a heading continues the one before.
 */
final class GroupedHelp {
    private GroupedHelp() {}

    /** Lets a command list its options so, if a class that is mixed in has a heading. */
    static void install(CommandLine line) {
        CommandSpec command = line.getCommandSpec();
        if (command.mixins().values().stream().anyMatch(GroupedHelp::isHeaded)) {
            line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING, help -> "");
            line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, GroupedHelp::options);
        }
    }

    private static boolean isHeaded(CommandSpec mixin) {
        return !mixin.usageMessage().optionListHeading().isEmpty();
    }

    private static String options(Help help) {
        CommandSpec command = help.commandSpec();
        Set<OptionSpec> rest = new LinkedHashSet<>(command.options());
        StringBuilder text = new StringBuilder();
        for (CommandSpec mixin : command.mixins().values()) {
            boolean standard = mixin.findOption("--help") != null;
            if (!standard && (isHeaded(mixin) || !text.isEmpty())) {
                List<OptionSpec> group = new ArrayList<>();
                mixin.options().forEach(option -> group.add(command.findOption(option.longestName())));
                group.forEach(rest::remove);
                text.append(String.format(mixin.usageMessage().optionListHeading()))
                        .append(help.optionListExcludingGroups(group));
            }
        }
        return text.append(String.format("%nFurther:%n"))
                .append(help.optionListExcludingGroups(new ArrayList<>(rest))).toString();
    }
}
