/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands, in the order in which help lists them.
 */
#include "cli/cli.h"

extern const struct command command_case_new;
extern const struct command command_case_list;
extern const struct command command_case_show;
extern const struct command command_case_label;
extern const struct command command_case_print;
extern const struct command command_case_entries;
extern const struct command command_case_tasks;
extern const struct command command_case_calendar;
extern const struct command command_case_set;
extern const struct command command_case_note;
extern const struct command command_case_task;
extern const struct command command_case_done;
extern const struct command command_case_assign;
extern const struct command command_case_hand_over;
extern const struct command command_case_state;
extern const struct command command_case_hold;
extern const struct command command_case_merge;
extern const struct command command_case_link;
extern const struct command command_case_unlink;
extern const struct command command_case_touch;
extern const struct command command_case_person;
extern const struct command command_case_send;
extern const struct command command_case_answer;
extern const struct command command_case_take;
extern const struct command command_blob_add;
extern const struct command command_courier_list;
extern const struct command command_courier_open;
extern const struct command command_courier_pack;
extern const struct command command_case_attach;
extern const struct command command_case_file;
extern const struct command command_case_told;
extern const struct command command_case_payment;
extern const struct command command_case_tell_touched;
extern const struct command command_need_new;
extern const struct command command_need_set;
extern const struct command command_need_attach;
extern const struct command command_need_detach;
extern const struct command command_need_drop;
extern const struct command command_need_send;
extern const struct command command_need_withdraw;
extern const struct command command_need_list;
extern const struct command command_need_drafts;
extern const struct command command_need_show;
extern const struct command command_offer_new;
extern const struct command command_offer_set;
extern const struct command command_offer_attach;
extern const struct command command_offer_detach;
extern const struct command command_offer_drop;
extern const struct command command_offer_send;
extern const struct command command_offer_withdraw;
extern const struct command command_offer_list;
extern const struct command command_offer_drafts;
extern const struct command command_offer_show;
extern const struct command command_practice_new;
extern const struct command command_practice_set;
extern const struct command command_practice_attach;
extern const struct command command_practice_detach;
extern const struct command command_practice_drop;
extern const struct command command_practice_send;
extern const struct command command_practice_withdraw;
extern const struct command command_practice_list;
extern const struct command command_practice_drafts;
extern const struct command command_practice_show;
extern const struct command command_need_matches;
extern const struct command command_offer_ack;
extern const struct command command_practice_file;
extern const struct command command_sim3_list;
extern const struct command command_sim3_set;
extern const struct command command_sim3_need;
extern const struct command command_norm_list;
extern const struct command command_norm_show;
extern const struct command command_norm_set;
extern const struct command command_norm_evidence;
extern const struct command command_norm_confirm;
extern const struct command command_norm_actions;
extern const struct command command_norm_act;
extern const struct command command_norm_done;
extern const struct command command_norm_print;
extern const struct command command_norm_export;
extern const struct command command_norm_import;
extern const struct command command_outage_new;
extern const struct command command_outage_set;
extern const struct command command_outage_list;
extern const struct command command_meeting_plan;
extern const struct command command_meeting_change;
extern const struct command command_meeting_open;
extern const struct command command_meeting_close;
extern const struct command command_meeting_cancel;
extern const struct command command_meeting_list;
extern const struct command command_meeting_show;
extern const struct command command_meeting_agenda;
extern const struct command command_meeting_parties;
extern const struct command command_meeting_papers;
extern const struct command command_meeting_file;
extern const struct command command_meeting_text;
extern const struct command command_meeting_calendar;
extern const struct command command_meeting_come;
extern const struct command command_meeting_note;
extern const struct command command_meeting_paper;
extern const struct command command_meeting_paper_drop;
extern const struct command command_meeting_outcome;
extern const struct command command_meeting_delegate;
extern const struct command command_meeting_delegate_drop;
extern const struct command command_meeting_credential;
extern const struct command command_meeting_attend;
extern const struct command command_meeting_followup;
extern const struct command command_meeting_minutes;
extern const struct command command_meeting_assent;
extern const struct command command_meeting_followups;
extern const struct command command_meeting_done;
extern const struct command command_case_reply;
extern const struct command command_case_mail_release;
extern const struct command command_case_mail_drop;
extern const struct command command_case_import;
extern const struct command command_case_abroad;
extern const struct command command_check;
extern const struct command command_docs;
extern const struct command command_formats;
extern const struct command command_handover;
extern const struct command command_help;
extern const struct command command_init;
extern const struct command command_know_build;
extern const struct command command_notices;
extern const struct command command_preview;
extern const struct command command_read;
extern const struct command command_rules_check;
extern const struct command command_rules_try;
extern const struct command command_events;
extern const struct command command_findings;
extern const struct command command_receipts;
extern const struct command command_serve;
extern const struct command command_status;
extern const struct command command_metrics;
extern const struct command command_report;
extern const struct command command_take;
extern const struct command command_why;
extern const struct command command_finding_close;
extern const struct command command_finding_reopen;
extern const struct command command_finding_assign;
extern const struct command command_finding_note;
extern const struct command command_finding_merge;
extern const struct command command_hold;
extern const struct command command_hold_list;
extern const struct command command_hold_release;
extern const struct command command_notice_hold;
extern const struct command command_notice_release;
extern const struct command command_notice_withdraw;
extern const struct command command_notice_called;
extern const struct command command_owner_import;
extern const struct command command_owner_export;
extern const struct command command_owner_list;
extern const struct command command_owner_show;
extern const struct command command_contact_mend;
extern const struct command command_feed_list;
extern const struct command command_feed_fetch;
extern const struct command command_feed_try;
extern const struct command command_reload;
extern const struct command command_clock_confirm;
extern const struct command command_backup;
extern const struct command command_restore;
extern const struct command command_aside_list;
extern const struct command command_aside_show;
extern const struct command command_aside_retry;
extern const struct command command_reread;
extern const struct command command_key_root;
extern const struct command command_key_list;
extern const struct command command_key_voice;
extern const struct command command_log_bundle;
extern const struct command command_log_settle;
extern const struct command command_log_show;
extern const struct command command_log_verify;
extern const struct command command_statement_vectors;
extern const struct command command_agree_list;
extern const struct command command_agree_show;
extern const struct command command_agree_members;
extern const struct command command_agree_said;
extern const struct command command_agree_get;
extern const struct command command_agree_waiting;
extern const struct command command_agree_commitments;
extern const struct command command_agree_review;
extern const struct command command_agree_texts;
extern const struct command command_agree_text;
extern const struct command command_agree_drop_text;
extern const struct command command_agree_propose;
extern const struct command command_agree_sign;
extern const struct command command_agree_drop;
extern const struct command command_agree_delegate;
extern const struct command command_agree_delegate_end;
extern const struct command command_agree_delegations;
extern const struct command command_agree_ack;
extern const struct command command_agree_comment;
extern const struct command command_agree_amend;
extern const struct command command_agree_repeat;
extern const struct command command_agree_position;
extern const struct command command_agree_retract;
extern const struct command command_agree_answer;
extern const struct command command_agree_extend;
extern const struct command command_agree_served;
extern const struct command command_agree_talk;
extern const struct command command_agree_talk_drop;
extern const struct command command_agree_talks;
extern const struct command command_agree_voice;
extern const struct command command_agree_minutes;
extern const struct command command_agree_statement;
extern const struct command command_agree_accede;
extern const struct command command_agree_leave;
extern const struct command command_agree_commit;
extern const struct command command_agree_progress;
extern const struct command command_agree_apply;
extern const struct command command_agree_diff;
extern const struct command command_agree_check;
extern const struct command command_agree_mark;
extern const struct command command_agree_translate;
extern const struct command command_agree_bundle;
extern const struct command command_agree_vectors;
extern const struct command command_agree_verify;
extern const struct command command_version;
extern const struct command command_finding_new;
extern const struct command command_quiet;
extern const struct command command_quiet_list;
extern const struct command command_quiet_end;
extern const struct command command_baseline;
extern const struct command command_notice_correct;
extern const struct command command_mail_list;
extern const struct command command_mail_show;
extern const struct command command_mail_confirm;
extern const struct command command_mail_answer;
extern const struct command command_mail_done;
extern const struct command command_alert_list;
extern const struct command command_alert_test;
extern const struct command command_ack;
extern const struct command command_mail_try;
extern const struct command command_people_add;
extern const struct command command_people_roles;
extern const struct command command_people_scope;
extern const struct command command_people_disable;
extern const struct command command_people_enable;
extern const struct command command_people_reset;
extern const struct command command_people_end;
extern const struct command command_people_link;
extern const struct command command_people_tls;
extern const struct command command_people;
extern const struct command command_token_add;
extern const struct command command_token_list;
extern const struct command command_token_end;
extern const struct command command_whose;
extern const struct command command_group_list;
extern const struct command command_group_propose;
extern const struct command command_group_send;
extern const struct command command_group_drop;
extern const struct command command_group_confirm;
extern const struct command command_contact_list;
extern const struct command command_contact_add;
extern const struct command command_contact_drop;
extern const struct command command_contact_send;
extern const struct command command_contact_confirm;
extern const struct command command_contact_import;
extern const struct command command_check_list;
extern const struct command command_check_year;
extern const struct command command_check_ask;
extern const struct command command_check_answer;
extern const struct command command_check_note;
extern const struct command command_check_plan;
extern const struct command command_held;
extern const struct command command_statement_release;
extern const struct command command_recover;
extern const struct command command_fork_end;
extern const struct command command_peer_import;
extern const struct command command_peer_type;
extern const struct command command_peer_confirm;
extern const struct command command_peer_list;
extern const struct command command_peer_show;
extern const struct command command_peer_role;
extern const struct command command_peer_quota;
extern const struct command command_peer_pause;
extern const struct command command_peer_resume;
extern const struct command command_peer_end;
extern const struct command command_peer_extend;
extern const struct command command_peer_spoken;
extern const struct command command_peer_retry;
extern const struct command command_party_list;
extern const struct command command_party_show;
extern const struct command command_party_add;
extern const struct command command_party_edit;
extern const struct command command_key_show;
extern const struct command command_key_import;

const struct command *const command_table[] = {
        &command_serve,
        &command_take,
        &command_status,
        &command_metrics,
        &command_report,
        &command_receipts,
        &command_findings,
        &command_notices,
        &command_events,
        &command_aside_list,
        &command_aside_show,
        &command_aside_retry,
        &command_reread,
        &command_why,
        &command_reload,
        &command_owner_list,
        &command_owner_show,
        &command_owner_import,
        &command_owner_export,
        &command_contact_mend,
        &command_clock_confirm,
        &command_feed_list,
        &command_feed_fetch,
        &command_feed_try,
        &command_finding_new,
        &command_finding_close,
        &command_finding_reopen,
        &command_finding_assign,
        &command_finding_note,
        &command_finding_merge,
        &command_notice_hold,
        &command_notice_release,
        &command_notice_withdraw,
        &command_notice_called,
        &command_notice_correct,
        &command_alert_list,
        &command_alert_test,
        &command_ack,
        &command_mail_list,
        &command_mail_show,
        &command_mail_confirm,
        &command_mail_answer,
        &command_mail_done,
        &command_mail_try,
        &command_case_new,
        &command_case_list,
        &command_case_show,
        &command_case_print,
        &command_case_entries,
        &command_case_tasks,
        &command_case_calendar,
        &command_case_set,
        &command_case_note,
        &command_case_task,
        &command_case_done,
        &command_case_assign,
        &command_case_hand_over,
        &command_case_state,
        &command_case_hold,
        &command_case_merge,
        &command_case_link,
        &command_case_unlink,
        &command_case_touch,
        &command_case_person,
        &command_case_send,
        &command_case_answer,
        &command_case_take,
        &command_blob_add,
        &command_case_attach,
        &command_case_file,
        &command_case_told,
        &command_case_payment,
        &command_case_tell_touched,
        &command_need_new,
        &command_need_set,
        &command_need_attach,
        &command_need_detach,
        &command_need_drop,
        &command_need_send,
        &command_need_withdraw,
        &command_need_list,
        &command_need_drafts,
        &command_need_show,
        &command_offer_new,
        &command_offer_set,
        &command_offer_attach,
        &command_offer_detach,
        &command_offer_drop,
        &command_offer_send,
        &command_offer_withdraw,
        &command_offer_list,
        &command_offer_drafts,
        &command_offer_show,
        &command_practice_new,
        &command_practice_set,
        &command_practice_attach,
        &command_practice_detach,
        &command_practice_drop,
        &command_practice_send,
        &command_practice_withdraw,
        &command_practice_list,
        &command_practice_drafts,
        &command_practice_show,
        &command_need_matches,
        &command_offer_ack,
        &command_practice_file,
        &command_sim3_list,
        &command_sim3_set,
        &command_sim3_need,
        &command_norm_list,
        &command_norm_show,
        &command_norm_set,
        &command_norm_evidence,
        &command_norm_confirm,
        &command_norm_actions,
        &command_norm_act,
        &command_norm_done,
        &command_norm_print,
        &command_norm_export,
        &command_norm_import,
        &command_outage_new,
        &command_outage_set,
        &command_outage_list,
        &command_meeting_plan,
        &command_meeting_change,
        &command_meeting_open,
        &command_meeting_close,
        &command_meeting_cancel,
        &command_meeting_list,
        &command_meeting_show,
        &command_meeting_agenda,
        &command_meeting_parties,
        &command_meeting_papers,
        &command_meeting_file,
        &command_meeting_text,
        &command_meeting_calendar,
        &command_meeting_come,
        &command_meeting_note,
        &command_meeting_paper,
        &command_meeting_paper_drop,
        &command_meeting_outcome,
        &command_meeting_delegate,
        &command_meeting_delegate_drop,
        &command_meeting_credential,
        &command_meeting_attend,
        &command_meeting_followup,
        &command_meeting_minutes,
        &command_meeting_assent,
        &command_meeting_followups,
        &command_meeting_done,
        &command_case_reply,
        &command_case_label,
        &command_case_mail_release,
        &command_case_mail_drop,
        &command_case_import,
        &command_case_abroad,
        &command_people_add,
        &command_people_roles,
        &command_people_scope,
        &command_people_disable,
        &command_people_enable,
        &command_people_reset,
        &command_people_end,
        &command_courier_list,
        &command_courier_open,
        &command_courier_pack,
        &command_peer_import,
        &command_peer_type,
        &command_peer_confirm,
        &command_peer_list,
        &command_peer_show,
        &command_peer_role,
        &command_peer_quota,
        &command_peer_pause,
        &command_peer_resume,
        &command_peer_end,
        &command_peer_extend,
        &command_peer_spoken,
        &command_peer_retry,
        &command_party_list,
        &command_party_show,
        &command_party_add,
        &command_party_edit,
        &command_group_list,
        &command_group_propose,
        &command_group_send,
        &command_group_drop,
        &command_group_confirm,
        &command_contact_list,
        &command_contact_add,
        &command_contact_drop,
        &command_contact_send,
        &command_contact_confirm,
        &command_contact_import,
        &command_check_list,
        &command_check_year,
        &command_check_ask,
        &command_check_answer,
        &command_check_note,
        &command_check_plan,
        &command_held,
        &command_statement_release,
        &command_recover,
        &command_fork_end,
        &command_key_show,
        &command_key_import,
        &command_people_link,
        &command_people_tls,
        &command_people, /* behind its group, for the completion */
        &command_token_add,
        &command_token_list,
        &command_token_end,
        &command_quiet,
        &command_quiet_list,
        &command_quiet_end,
        &command_baseline,
        &command_hold_list,
        &command_hold_release,
        &command_hold, /* behind its group, for the completion */
        &command_backup,
        &command_restore,
        &command_read,
        &command_formats,
        &command_preview,
        &command_check,
        &command_init,
        &command_whose,
        &command_know_build,
        &command_rules_check,
        &command_rules_try,
        &command_docs,
        &command_handover,
        &command_help,
        &command_key_root,
        &command_key_list,
        &command_key_voice,
        &command_log_show,
        &command_log_settle,
        &command_log_bundle,
        &command_log_verify,
        &command_statement_vectors,
        &command_agree_list,
        &command_agree_show,
        &command_agree_members,
        &command_agree_said,
        &command_agree_get,
        &command_agree_waiting,
        &command_agree_commitments,
        &command_agree_review,
        &command_agree_texts,
        &command_agree_text,
        &command_agree_drop_text,
        &command_agree_propose,
        &command_agree_sign,
        &command_agree_drop,
        &command_agree_delegate,
        &command_agree_delegate_end,
        &command_agree_delegations,
        &command_agree_ack,
        &command_agree_comment,
        &command_agree_amend,
        &command_agree_repeat,
        &command_agree_position,
        &command_agree_retract,
        &command_agree_answer,
        &command_agree_extend,
        &command_agree_served,
        &command_agree_talk,
        &command_agree_talk_drop,
        &command_agree_talks,
        &command_agree_voice,
        &command_agree_minutes,
        &command_agree_statement,
        &command_agree_accede,
        &command_agree_leave,
        &command_agree_commit,
        &command_agree_progress,
        &command_agree_apply,
        &command_agree_diff,
        &command_agree_check,
        &command_agree_mark,
        &command_agree_translate,
        &command_agree_bundle,
        &command_agree_vectors,
        &command_agree_verify,
        &command_version,
        NULL,
};
