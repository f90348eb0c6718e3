package org.frugaltorch.finetune.cli.doctor;

import org.frugaltorch.memory.MemoryLedger;

/** Whether memory can be measured: a tensor of known size must be reported as such. */
final class LedgerCheck implements Check {

    @Override
    public String title() {
        return "Memory ledger";
    }

    @Override
    public Finding look() {
        boolean exact = MemoryLedger.isSupported();
        Finding.Builder finding = new Finding.Builder().value("reports_exact_bytes", exact);
        if (!exact) {
            finding.advise("This libtorch reports its allocations in a way we do not know, so commands that train or measure"
                    + " refuse to run: use libtorch 2.13, the default.");
        }
        return finding.usable();
    }
}
