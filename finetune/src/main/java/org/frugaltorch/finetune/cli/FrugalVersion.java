package org.frugaltorch.finetune.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build gave this program. */
final class FrugalVersion implements IVersionProvider {

    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = FrugalVersion.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        }
        return new String[] {"frugal " + properties.getProperty("version")};
    }
}
