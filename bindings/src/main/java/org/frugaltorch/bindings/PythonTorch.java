package org.frugaltorch.bindings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The libtorch inside a Python installation's PyTorch. Python is only asked where it is; nothing runs in it later. */
final class PythonTorch {

    private static final int TIMEOUT_SECONDS = 30;

    /** Finds the package without importing it, which would take seconds. */
    private static final String QUESTION = """
            import importlib.util
            spec = importlib.util.find_spec('torch')
            print(list(spec.submodule_search_locations)[0] if spec else '')
            """;

    private final String python;

    PythonTorch(String python) {
        this.python = python;
    }

    /**
     * PyTorch's folder of libraries.
     *
     * @throws LibtorchNotFoundException if there is no such Python or it has no PyTorch
     */
    Path libraryFolder() {
        String answer = ask();
        if (answer.isEmpty()) {
            throw notFound("has no PyTorch");
        }
        Path lib = Path.of(answer, "lib");
        if (!Files.exists(lib.resolve(LibtorchLocator.MAIN_LIBRARY))) {
            throw notFound("has a PyTorch without " + lib.resolve(LibtorchLocator.MAIN_LIBRARY));
        }
        return lib;
    }

    private String ask() {
        try {
            Process process = new ProcessBuilder(python, "-c", QUESTION)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw notFound("did not answer within " + TIMEOUT_SECONDS + " s");
            }
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.exitValue() != 0) {
                throw notFound("failed when asked where PyTorch is");
            }
            return answer;
        } catch (IOException e) {
            throw notFound("cannot be started (" + e.getMessage() + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notFound("was interrupted");
        }
    }

    private LibtorchNotFoundException notFound(String reason) {
        return new LibtorchNotFoundException(LibtorchLocator.PYTORCH_VARIABLE + "=1 asks for the PyTorch of " + python
                + ", but it " + reason + ": install it there, name another interpreter in LIBTORCH_PYTHON, or unset "
                + LibtorchLocator.PYTORCH_VARIABLE);
    }
}
