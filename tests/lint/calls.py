# SPDX-License-Identifier: Apache-2.0
"""Calls that only some files may make, over the undefined symbols of the objects. Calls with a
NUL-terminated string or hidden state do not compile already (base/banned.h); that each file sees that header is
checked here by their absence."""
import re

import objects
import tree

NOBODY = r"$^"
RULES = [
    (NOBODY, "strcpy strncpy stpcpy strcat strncat sprintf vsprintf strtok strtok_r gets atoi atol atof scanf sscanf "
             "gmtime localtime ctime asctime rand srand random system popen alloca tmpnam mktemp setenv putenv"),
    (r"^src/proc/", "socket socketpair connect bind listen accept accept4 send sendto sendmsg recv recvfrom recvmsg "
                    "getaddrinfo gethostbyname curl_easy_perform curl_easy_send curl_easy_recv gnutls_record_send MHD_queue_response"),
    (r"^src/proc/", "fork vfork clone posix_spawn posix_spawnp ptrace seccomp_load"),
    (r"^src/(proc/|cli/handover\.c)", "execve execv execvp execvpe fexecve setuid setgid setresuid setresgid setgroups "
                                      "initgroups"),
    (r"^src/base/os(_real)?\.c", "time gettimeofday clock_gettime getrandom getentropy rename fsync fdatasync syncfs"),
    (NOBODY, "secure_getenv setlocale"),
    (r"^src/cli/serve\.c", "getenv"),
    # a process of the node logs through its struct log, as lines or JSON
    (r"^src/(base|cli)/", "log_line"),
    (r"^src/base/", "malloc calloc realloc reallocarray strdup strndup asprintf vasprintf"),
]
allowed = {}
for where, names in RULES:
    for name in names.split():
        allowed[name] = where
sources = {path: source for source, path in objects.objects()}
for line in objects.output("nm", "-A", "-u", *sources) if sources else []:
    source = sources[line.split(":")[0]]
    name = line.split()[-1].split("@")[0]
    name = re.sub(r"^__(.*)_chk$", r"\1", name)
    name = re.sub(r"^__isoc99_", "", name)
    if name in allowed and not re.search(allowed[name], source):
        who = "nobody" if allowed[name] == NOBODY else allowed[name].replace("\\", "")
        tree.bad(source, f"calls '{name}', which is for {who}")
tree.end(len(sources))
