# SPDX-License-Identifier: Apache-2.0
"""Mails for the tests."""
import email.message
import email.policy


def mail(*attachments, text="Please find the report attached.\n", policy=email.policy.SMTP):
    """attachments: (bytes, media type, file name)."""
    m = email.message.EmailMessage(policy=policy)
    m["From"], m["To"], m["Subject"], m["Date"] = "sensor@example.org", "cert@example.net", "report", "Mon, 5 Jan 2026 08:00:00 +0700"
    m["Message-ID"] = "<1@example.org>"
    m.set_content(text)
    for data, kind, name in attachments:
        main, sub = kind.split("/")
        m.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return m.as_bytes()
