/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/job.h"

void job_for_feed(struct reader_job *job, const struct feed_file *f)
{
	job->reader = f->reader;
	job->options.timezone = f->timezone;
	job->settings.tlp = f->label;
	job->settings.floor = f->floor;
	job->settings.type = f->type;
	job->settings.time_format = f->mapping.time_format;
	if (f->mapped)
		job->options.map = &f->mapping.map;
}
