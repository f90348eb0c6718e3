/** Pictures as vision models take them: decoded, resized and normalised, and folders of them by class. */
package org.frugaltorch.finetune.image;
