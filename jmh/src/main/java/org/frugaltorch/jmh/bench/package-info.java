/** The command {@code frugal bench}: what is run, in whose processes, and how results become tables and pages. */
package org.frugaltorch.jmh.bench;
