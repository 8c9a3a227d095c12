/* SPDX-License-Identifier: Apache-2.0
 *
 * Zawgyi: Burmese in the code points of Unicode, but in the order and with the signs of a font that was made before Unicode had the script.
 * Every byte of it is good UTF-8, and a machine with Unicode's fonts shows something else than was written.
 *
 * A heuristic, by what cannot be: the idea of the rule-based detectors that font converters have used for long, as against the model of Google's
 * myanmar-tools, which weighs how likely each sequence is. Counted are sequences that Unicode's order of signs rules out (a vowel
 * sign E that follows no consonant, a stacking sign that stacks nothing, a medial behind nothing, a killed consonant with a vowel) against
 * those that Zawgyi has no use for (the medial HA, a killed consonant at the end of a word, E before AA). More of the first: Zawgyi.
 *
 * Over 2,700 lines of free programs' messages in Burmese, Mon and Shan it flagged none; of the same lines in Zawgyi, 98 in 100 of those with 12
 * letters or more. A word or two may have no sign of either: then it says no.
 */
#pragma once

#include "base/str.h"

/* Well-formed UTF-8. */
bool zawgyi_likely(struct str s);
