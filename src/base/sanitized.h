/* SPDX-License-Identifier: Apache-2.0
 *
 * SANITIZED is 1 in a build with a sanitizer, 0 else. gcc and clang say it in two ways. Sanitizers start threads, look at /proc and
 * report on the terminal, which a finished program may not.
 */
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif
