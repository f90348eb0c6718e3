/** Results of runs for people and programs: summary file, console table and HTML report. */
package org.frugaltorch.finetune.report;
