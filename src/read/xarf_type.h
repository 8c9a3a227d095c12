/* SPDX-License-Identifier: Apache-2.0
 *
 * What the makers of abuse reports call things.
 */
#pragma once

#include "event/field.h"

/* By category ("connection", v4; "Activity", v3; "abuse", 0.2) and type, in whatever spelling: only letters
 * and digits count. TYPE_UNDETERMINED for a type that is not known. */
enum event_type xarf_type(struct str category, struct str type);
