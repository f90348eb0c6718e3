/** The nine tasks of the GLUE benchmark: their files, labels and metrics, and answers as its server takes them. */
package org.frugaltorch.finetune.glue;
