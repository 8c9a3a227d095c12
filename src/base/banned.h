/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls that have no place in this program. Each needs a NUL-terminated string,
 * hides a length or keeps state of its own; the sentence beside it says what to
 * use. Every header of base/ includes this one, so a use does not compile.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WEIR_BANNED(name) name##_is_banned_in_this_program

#undef strcpy
#define strcpy(...) WEIR_BANNED(strcpy)
#undef strncpy
#define strncpy(...) WEIR_BANNED(strncpy)
#undef stpcpy
#define stpcpy(...) WEIR_BANNED(stpcpy)
#undef strcat
#define strcat(...) WEIR_BANNED(strcat)
#undef strncat
#define strncat(...) WEIR_BANNED(strncat)
#undef sprintf
#define sprintf(...) WEIR_BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) WEIR_BANNED(vsprintf)
#undef strtok
#define strtok(...) WEIR_BANNED(strtok)
#undef strtok_r
#define strtok_r(...) WEIR_BANNED(strtok_r)
#undef gets
#define gets(...) WEIR_BANNED(gets)
#undef atoi
#define atoi(...) WEIR_BANNED(atoi)
#undef atol
#define atol(...) WEIR_BANNED(atol)
#undef atof
#define atof(...) WEIR_BANNED(atof)
#undef scanf
#define scanf(...) WEIR_BANNED(scanf)
#undef sscanf
#define sscanf(...) WEIR_BANNED(sscanf)
#undef gmtime
#define gmtime(...) WEIR_BANNED(gmtime)
#undef localtime
#define localtime(...) WEIR_BANNED(localtime)
#undef ctime
#define ctime(...) WEIR_BANNED(ctime)
#undef asctime
#define asctime(...) WEIR_BANNED(asctime)
#undef rand
#define rand(...) WEIR_BANNED(rand)
#undef srand
#define srand(...) WEIR_BANNED(srand)
#undef system
#define system(...) WEIR_BANNED(system)
#undef alloca
#define alloca(...) WEIR_BANNED(alloca)
