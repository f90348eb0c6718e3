/**
 * Scores of classifications, of entities that tags mark, and of regressions. Where a score is not defined, the value
 * is the one scikit-learn and scipy give: each method says which.
 */
package org.frugaltorch.finetune.metrics;
