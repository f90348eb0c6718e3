package org.frugaltorch.finetune.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.io.DataException;

/**
 * Pictures in one folder a class, the folder's name being the label.
 *
 * @param files in the order of classes and names
 * @param labels class numbers, one a file
 * @param classes of the training pictures
 */
public record ImageFolder(List<Path> files, int[] labels, LabelSet classes) {
    private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff");

    /**
     * Finds the pictures below a folder.
     *
     * @param classes known from training; null to take the folders' names
     * @throws DataException if there are none, fewer than two classes, or a class unknown from training
     */
    public static ImageFolder read(Path folder, LabelSet classes) {
        List<Path> folders = list(folder).stream().filter(Files::isDirectory).toList();
        LabelSet known = classes == null ? classesOf(folder, folders) : classes;
        List<Path> files = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (Path each : folders) {
            String name = each.getFileName().toString();
            if (!known.contains(name)) {
                throw new DataException(each + ": the class '" + name + "' is not known from training; known are "
                        + String.join(", ", known.names()));
            }
            List<Path> pictures = list(each).stream().filter(ImageFolder::isPicture).toList();
            if (pictures.isEmpty()) {
                throw new DataException(each + " holds no pictures; their names must end in "
                        + String.join(", ", ENDINGS.stream().sorted().toList()));
            }
            files.addAll(pictures);
            pictures.forEach(picture -> labels.add(known.id(name)));
        }
        if (files.isEmpty()) {
            throw new DataException(folder + " holds no folders of pictures; make one a class, named by its label");
        }
        return new ImageFolder(List.copyOf(files), labels.stream().mapToInt(Integer::intValue).toArray(), known);
    }

    private static LabelSet classesOf(Path folder, List<Path> folders) {
        if (folders.size() < 2) {
            throw new DataException(folder + " holds " + folders.size()
                    + " folders; a classifier needs one a class, and at least two");
        }
        return LabelSet.of(folders.stream().map(each -> each.getFileName().toString()).toList());
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Files.isRegularFile(file) && ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder + " is no folder of pictures");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !entry.getFileName().toString().startsWith(".")).sorted().toList();
        } catch (IOException failure) {
            throw DataException.unreadable(folder, failure);
        }
    }
}
