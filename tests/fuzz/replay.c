/* SPDX-License-Identifier: Apache-2.0
 *
 * The corpus of a fuzz target as an ordinary test: every file below the named folders is given to the
 * target in memory of exactly its size, so that the sanitizers see a read behind it. No input at all is a
 * failure: a replayer that ran nothing has shown nothing.
 */
#include "base/log.h"
#include "base/os.h"
#include <dirent.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void give(struct str bytes)
{
	uint8_t *exact = mem_get(bytes.len ? bytes.len : 1);

	if (bytes.len > 0)
		memcpy(exact, bytes.p, bytes.len);
	LLVMFuzzerTestOneInput(exact, bytes.len);
	free(exact);
}

static int replay_file(const char *path, struct err *e)
{
	auto_buf struct buf b = {0};
	int rc = os_read_file(path, 64u << 20, &b, e);

	if (rc == 0)
		give(buf_str(&b));
	return rc;
}

/* Number of files, or a negative code. */
static int replay_folder(const char *folder, struct err *e)
{
	char path[4096];
	int n = 0, rc = 0;
	DIR *d = opendir(folder);

	if (d == NULL)
		return err_sys(e, "cannot open '%s'", folder);
	for (struct dirent *entry; rc == 0 && (entry = readdir(d)) != NULL;) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		rc = replay_file(path, e);
		n++;
	}
	closedir(d);
	return rc < 0 ? rc : n;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	int total = 0;

	give(STR(""));
	for (int i = 1; i < argc; i++) {
		int n = replay_folder(argv[i], &e);
		if (n < 0) {
			log_error("%s", e.text);
			return 1;
		}
		total += n;
	}
	printf("%d inputs\n", total);
	return total == 0;
}
