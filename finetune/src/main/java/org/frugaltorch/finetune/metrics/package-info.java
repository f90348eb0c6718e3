/**
 * Scores of classifications and regressions. Where a score is not defined, the value is the one scikit-learn and
 * scipy give: each method says which.
 */
package org.frugaltorch.finetune.metrics;
