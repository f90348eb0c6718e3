/** How measured values are written: as JSON for programs, in fitting units for people. */
package org.frugaltorch.finetune.measure;
