"""The sentences of `docs/privacy-and-security.md`, each with the tests that hold it.

A sentence is named by how it begins, a row of the table by its first cell.
"""

from __future__ import annotations

DAY = "security/test_a_day.py"
ADDRESSES = "livebook/test_addresses.py"
DEV = "livebook/test_dev_endpoints.py"
HOSTILE = "livebook/test_hostile_answers.py"
ASKED = "mcp/test_what_a_person_is_asked.py"
HOOK = "agents/test_hook.py"
RUNS = "lsp/commands/test_runs.py"
TCP = "lsp/serving/test_tcp.py"
LOG = "lsp/connection/test_log.py"
GIT = "sync/test_git_runs_nothing.py"
LATE_STEPS = "sync/test_late_first_steps.py"
NO_FILE = "sync/test_what_is_no_file.py"
PROTECTED = "sync/test_protected_saves.py"
TURNS = "sync/keeping/test_turns.py"
BETWEEN = "security/test_who_stands_between.py"
START = "livebook/test_start.py"
TRUST = "lsp/test_whom_a_token_is_for.py"
SESSION = "livebook/live/test_session.py"
IN_TABLE = f"{DAY}::test_every_request_is_in_the_table"
UNTRUSTED = "editors/test_vscode.py::test_an_untrusted_workspace_decides_nothing"
DOCTOR = "doctor/test_checkup.py"

CLAIMS: dict[str, tuple[str, ...]] = {
    "Requests go to Livebook and to nobody else": (
        f"{DAY}::test_nobody_is_talked_to_but_this_machine",
        f"{DAY}::test_every_request_is_in_the_table",
    ),
    "Livebook is on this machine, unless": (
        f"{TRUST}::test_a_workspace_does_not_lead_elsewhere",
        f"{BETWEEN}::test_http_goes_by_no_proxy",
        f"{BETWEEN}::test_a_proxy_on_the_way_of_https_learns_the_host_and_nothing_else",
        f"{DEV}::test_a_proxy_variable_is_not_obeyed_on_loopback",
    ),
    "`GET /public/health`": (IN_TABLE,),
    "`POST /dev/open`": (IN_TABLE,),
    "`POST /dev/sync`": (IN_TABLE,),
    "`POST /dev/restamp`": (IN_TABLE,),
    "`GET /sessions/…/download/export/livemd`": (IN_TABLE,),
    "`GET /sessions/…` and the socket `/live/websocket`": (
        IN_TABLE,
        f"{SESSION}::test_a_secret_lets_us_in",
        f"{SESSION}::test_joining_neither_runs_nor_touches_anything",
    ),
    "`GET /`": ("sync/test_presence.py::test_one_look_tells_of_all_sessions_of_a_livebook",),
    "`GET /authenticate` and `/settings`": (IN_TABLE,),
    "`POST /authenticate`": (
        IN_TABLE,
        f"{SESSION}::test_a_secret_that_is_missing_or_wrong_is_asked_for",
    ),
    "While it is looked for, ports": (
        f"{ADDRESSES}::test_of_the_usual_ports_those_that_take_syncs_come_first",
        "sync/test_parser_versions.py::test_each_livebook_is_asked_once",
        "sync/test_presence.py::test_a_livebook_that_is_stopped_is_missed_and_picked_up_again",
    ),
    "`livebook-ls doctor` also asks": (
        f"{DAY}::test_the_doctor_asks_no_other_machine",
        f"{DOCTOR}::test_a_livebook_for_the_whole_network_is_a_warning",
    ),
    "In VS Code, where no Python is found": (
        "vscode-client/serverCommand.test.ts::uv brings a Python, and never a workspace's own",
    ),
    "**Code of a notebook runs only on your word**": (
        "running/test_no_evaluation.py::test_a_run_is_counted",
        f"{RUNS}::test_looking_editing_and_saving_run_nothing",
    ),
    "Opening, saving, looking, checking and watching run nothing": (
        "running/test_no_evaluation.py::test_opening_saving_and_checking_evaluate_nothing",
        "running/test_no_evaluation.py::test_watching_evaluates_nothing",
        f"{RUNS}::test_looking_editing_and_saving_run_nothing",
    ),
    "A coding agent's tools (`livebook-ls mcp`) run cells": (
        "mcp/test_running.py::test_without_a_persons_word_nothing_runs",
        "mcp/test_running.py::test_a_person_is_asked_with_the_cells_and_their_texts",
        "mcp/test_running.py::test_a_text_that_changes_while_a_person_is_asked_does_not_run",
        f"{ASKED}::test_a_person_sees_every_line_and_cell_to_its_end",
        f"{ASKED}::test_what_nobody_would_see_is_named",
        f"{HOOK}::test_changed_cells_run_where_the_hook_was_installed_so",
    ),
    "In VS Code's Restricted Mode, or with": (
        UNTRUSTED,
        f"{RUNS}::test_where_running_is_switched_off_nothing_of_it_is_offered",
        f"{TRUST}::test_a_workspace_does_not_lead_elsewhere",
    ),
    "Outputs of cells are data": (
        "livebook/live/test_outputs.py::test_no_control_character_is_left",
        "livebook/live/test_outputs.py::test_an_image_from_elsewhere_is_not_fetched",
        "livebook/live/test_outputs.py::test_an_output_cannot_forge_a_cell",
        "cli/test_run.py::test_of_an_output_only_colours_reach_a_terminal",
        f"{SESSION}::test_no_log_has_a_secret_or_a_word_of_the_notebook",
    ),
    "Where an editor shows them as files": (
        f"{RUNS}::test_output_is_a_file_for_other_clients_and_goes_with_the_server",
    ),
    "To [help with code]": (
        "intelligence/test_nothing_is_run.py::test_notebooks_full_of_effects_have_none",
        "intelligence/test_nothing_is_run.py::test_modules_of_packages_are_read_and_never_loaded",
        "intelligence/test_asking.py::test_python_cells_get_ruffs_form_where_it_may_be_started",
        f"{DAY}::test_nothing_is_started_but_git_and_helpers",
    ),
    "Livebook itself is started only when you ask for it": (
        f"{START}::test_a_workspace_does_not_decide_what_is_run",
        f"{START}::test_it_is_started_in_the_users_home",
        f"{DAY}::test_nothing_is_started_but_git_and_helpers",
    ),
    "`git` is asked for a notebook's committed text": (
        f"{DAY}::test_nothing_is_written_into_a_repository",
        f"{GIT}::test_what_was_never_fetched_is_not_fetched",
        "cli/test_restamp.py::test_staged_for_a_hook",
        "cli/test_merge_driver.py::test_what_is_installed_is_taken_away_again",
    ),
    "It runs nothing that the repository's own configuration names": (
        f"{GIT}::test_no_program_of_a_repository_is_run",
        f"{GIT}::test_a_bare_repository_in_a_clone_is_none",
        f"{GIT}::test_programs_are_started_in_these_places_only",
    ),
    "A page is opened by your editor": (
        "lsp/test_server.py::test_open_in_livebook_shows_the_session_in_the_browser",
        f"{GIT}::test_programs_are_started_in_these_places_only",
    ),
    "A notebook's text decides nothing": (
        "cli/test_inspect.py::test_a_terminal_is_not_steered_by_a_notebook",
        "running/test_no_evaluation.py::test_opening_saving_and_checking_evaluate_nothing",
        f"{RUNS}::test_looking_editing_and_saving_run_nothing",
    ),
    "A coding agent's tools reach the notebooks below one folder": (
        "mcp/test_editing.py::test_nothing_outside_of_the_folder_is_reached",
        "mcp/test_editing.py::test_arguments_of_another_form_do_nothing",
    ),
    "What an agent sends its hook is data": (
        f"{HOOK}::test_a_payload_that_makes_no_sense_breaks_nothing",
        f"{HOOK}::test_a_huge_payload_is_read_to_its_end_and_left_alone",
        "agents/test_payloads.py::test_fields_of_any_type_are_taken_for_nothing",
    ),
    "Your own settings, the environment and the command line": (
        f"{ADDRESSES}::test_the_setting_comes_before_the_environment",
        f"{ADDRESSES}::test_the_environment_fills_what_settings_leave_open",
    ),
    "Settings of a workspace are believed": (
        f"{TRUST}::test_a_workspace_does_not_lead_elsewhere",
        f"{TRUST}::test_a_workspace_does_not_take_the_token_to_another_program",
        f"{START}::test_a_workspace_does_not_decide_what_is_run",
        "livebook/test_connection.py::test_a_workspace_does_not_decide_what_livebook_reads",
        "lsp/handlers/test_coding.py::test_in_a_workspace_of_strangers_no_program_is_started",
        "editors/test_vscode_manifest.py::test_no_workspace_decides_who_is_talked_to_or_what_is_run",
    ),
    "In VS Code's Restricted Mode also": (UNTRUSTED,),
    "This machine is the addresses of its loopback": (
        f"{ADDRESSES}::test_this_machine_is_its_own_addresses_and_one_name",
        f"{ADDRESSES}::test_a_host_that_others_may_read_otherwise_is_refused",
        f"{DEV}::test_localhost_means_127_0_0_1_first",
    ),
    "Only regular files are opened": (
        f"{NO_FILE}::test_it_is_refused_at_once",
        f"{NO_FILE}::test_no_command_waits_for_it",
        f"{NO_FILE}::test_rules_that_are_no_file_are_no_rules",
        f"{NO_FILE}::test_no_configuration_is_waited_for",
        f"{NO_FILE}::test_a_hook_does_not_wait_for_it",
        f"{NO_FILE}::test_the_server_goes_on_beside_it",
    ),
    "A notebook's file is sent once nobody is writing it": (
        "sync/disk/test_complete_read.py::test_a_file_in_motion_is_waited_for",
        "sync/test_nothing_is_lost.py::test_a_file_that_is_empty_for_a_moment_is_not_sent",
        f"{TURNS}::test_the_next_has_its_turn_when_the_one_before_is_done",
        f"{TURNS}::test_a_turn_ends_with_the_process_that_has_it",
    ),
    "What Livebook writes over a save": (
        f"{PROTECTED}::test_what_others_kept_since_is_put_back_where_it_has_all_of_the_save",
        f"{PROTECTED}::test_it_is_put_back_while_another_of_ours_still_has_the_turn",
        "sync/test_moved_files.py::test_a_session_that_was_wiped_is_filled_again",
        "sync/test_two_steps.py::test_whoever_comes_next_finishes_what_a_death_interrupted",
        f"{LATE_STEPS}::test_what_is_written_just_as_livebook_says_so_is_put_right",
    ),
    "What a Livebook or whoever stands in its place answers": (
        f"{HOSTILE}::test_an_answer_without_an_end_is_given_up",
        f"{HOSTILE}::test_the_search_for_the_right_root_is_a_part_of_the_call",
        f"{HOSTILE}::test_what_comes_compressed_is_not_opened",
        f"{HOSTILE}::test_no_more_than_64_mb_are_taken",
        f"{HOSTILE}::test_json_that_nobody_means_is_not_understood",
        "test_bounded_json.py::test_an_answer_of_countless_values_is_not_understood",
        "test_bounded_json.py::test_a_frame_of_countless_values_is_none",
        f"{BETWEEN}::test_a_redirect_is_not_followed",
        f"{DEV}::test_what_goes_wrong_is_one_named_error",
        "livebook/live/test_hostile_channel.py::test_a_redirect_takes_no_cookie_to_another",
    ),
    "**A socket that listens**": (f"{TCP}::test_what_a_browser_can_send_is_not_obeyed",),
    "So nothing but the protocol's own headers": (
        f"{TCP}::test_what_a_browser_can_send_is_not_obeyed",
        f"{TCP}::test_no_secret_is_no_service",
        f"{TCP}::test_nothing_is_done_before_initialize",
        f"{TCP}::test_a_client_on_a_socket_names_no_program",
        "lsp/connection/test_framing.py::test_nothing_else_is_a_header",
    ),
    "**The dev endpoints have no authentication.**": (
        f"{DEV}::test_a_request_carries_no_origin_and_asks_for_no_compression",
        "standin/test_contract.py::test_real_livebook_answers_as_recorded",
    ),
    "Keep Livebook on this machine": (
        f"{DOCTOR}::test_a_livebook_for_the_whole_network_is_a_warning",
    ),
    "Where Livebook's token is known": (
        "lsp/test_server.py::test_a_token_goes_into_the_address_and_nowhere_else",
        f"{DAY}::test_an_address_that_logs_in_is_printed",
    ),
    "It is for the address that was given with it": (
        f"{ADDRESSES}::test_a_token_is_for_the_address_that_was_given_with_it",
        f"{TRUST}::test_a_workspace_does_not_take_the_token_to_another_program",
    ),
    "It stands in no log": (
        f"{DAY}::test_logs_and_reports_have_neither_token_nor_text",
        f"{DAY}::test_no_file_of_ours_has_the_token",
        f"{DAY}::test_no_argument_list_has_a_token_or_a_word",
        f"{DAY}::test_what_others_see_of_the_server_has_no_token",
        f"{DOCTOR}::test_a_report_tells_neither_content_nor_token_nor_home",
        f"{ADDRESSES}::test_a_token_is_never_shown",
    ),
    "What goes wrong, every request to Livebook": (
        f"{LOG}::test_every_request_is_a_line_with_time_call_path_status_and_duration",
        f"{LOG}::test_a_request_without_an_answer_is_logged_too",
    ),
    "`livebook-ls serve --log-file FILE`": (
        f"{LOG}::test_a_log_is_the_users_alone_also_where_the_file_was_there",
        f"{DAY}::test_what_is_kept_is_readable_by_the_user_alone",
    ),
    "The setting [`trace`]": (
        f"{LOG}::test_the_traffic_is_told_as_long_as_the_client_asks_for_it",
        f"{LOG}::test_the_setting_traces_into_the_log",
    ),
    "**No log of ours ever holds": (
        f"{LOG}::test_nothing_of_a_notebook_its_stamp_or_the_token_reaches_the_log",
        "lsp/serving/test_stdio.py::test_nothing_of_a_notebook_or_token_reaches_the_log",
        f"{SESSION}::test_no_log_has_a_secret_or_a_word_of_the_notebook",
    ),
    "Beside notebooks: nothing": (
        f"{DAY}::test_nothing_is_left_beside_the_notebook",
        f"{DAY}::test_nothing_is_left_in_the_folder_for_temporary_files",
    ),
    "[Earlier versions]": (
        "sync/keeping/test_kept_texts.py::test_only_the_user_can_read_what_is_kept",
        "sync/keeping/test_kept_texts.py::test_what_is_kept_is_bounded_in_days_but_for_the_newest",
        "sync/keeping/test_kept_texts.py::test_of_a_notebook_that_nobody_uses_the_newest_version_stays",
        "sync/keeping/test_kept_texts.py::test_a_clock_that_is_ahead_for_hours_takes_no_version_away",
        f"{DAY}::test_what_is_kept_is_readable_by_the_user_alone",
    ),
    "`livebook-ls hook` keeps the text": (
        f"{HOOK}::test_what_is_remembered_is_the_users_alone",
        f"{HOOK}::test_what_is_remembered_is_gone_after_a_day",
    ),
    "A Livebook that was started by us": (
        f"{START}::test_the_output_with_the_token_is_the_users_alone",
    ),
}

# What other programs do, and where to look: we can say it, and hold nothing of it.
OF_OTHERS = (
    "Where an editor takes a server's `initializationOptions`",
    "Your browser is another matter",
    "VS Code's own `livebook.trace.server` is another matter",
    "Where to look",
)
