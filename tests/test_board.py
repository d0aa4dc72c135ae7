"""The board as its widgets' state, its messages and its saved form."""

# ruff: noqa: RUF001  (the sign of multiplication and the dash are what the board says)

from __future__ import annotations

import json
import re
import threading
import time
from contextvars import ContextVar, copy_context
from datetime import timedelta

import ipywidgets
import pytest
from support.boards import NOW, PREPARE, Actions, batch, bundle_of, changed, make_board, seen

from runway_nb.errors import ConnectionFailedError
from runway_nb.sighting import Following, Sighting
from runway_nb.simulator import Record
from runway_nb.view import board_html, board_words
from runway_nb.view.burst import Burst
from runway_nb.view.filtering import Entry, tally

GENEROUS = 30.0
MODERATED = "Your prompt was caught by our AI moderator. Please adjust it and try again."
BUSY = "Reached the limit for concurrent generations. Wait until one of them has ended."


@pytest.fixture
def board():
    """Two dozen tasks: 24 that wait, none of them followed."""
    made = make_board([seen(f"task-{at:02}", Record("wait", f"shot {at:02}")) for at in range(24)])
    yield made
    made.close()


def buttons(board):
    """The controls by what they are called; rows' by their place."""
    named = {part.description: part for part in board.children if isinstance(part, ipywidgets.Button)}
    return {**named, **dict(enumerate(rows_and_buttons(board)[1]))}


def rows_and_buttons(board):
    at = next(at for at, part in enumerate(board.children) if part.description == "Next")
    rest = board.children[at + 1 : at + 21]
    return rest[::2], rest[1::2]


def rows(board):
    """What the rows show, as text."""
    return [text(row.value) for row in rows_and_buttons(board)[0] if row.value]


def prompts(board):
    return re.findall(r"shot \d\d", " ".join(rows(board)))


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


def shown(board):
    """All text on the board but its rows and labels."""
    return " ".join(text(part.value) for part in board.children if isinstance(part, ipywidgets.HTML))


def choices(board):
    """The states', the causes' and the order's controls."""
    return [part for part in board.children if isinstance(part, ipywidgets.ToggleButtons)]


def choose(choice, label):
    choice.index = next(at for at, option in enumerate(choice.options) if option.endswith(label))


def toggle(board):
    return next(part for part in board.children if isinstance(part, ipywidgets.ToggleButton))


def search(board, words):
    next(part for part in board.children if isinstance(part, ipywidgets.Text)).value = words


def wait_until(condition):
    deadline = time.monotonic() + GENEROUS
    while not condition():
        assert time.monotonic() < deadline, "the condition was not met in time"
        time.sleep(0.01)


# --- what it shows ----------------------------------------------------------------------------------------------------


def test_the_batch_at_a_glance():
    board = make_board(batch())
    states, causes, _ = choices(board)
    assert states.options == ("all", "○ wait", "◔ queueing", "◐ generating", "✓ success", "✕ fail", "? not seen")
    assert causes.options[:3] == ("all failures", "moderation (prompt)", "concurrency limit")
    words = shown(board)
    assert "181 of 200 ended 200 all 3 ○ wait 5 ◔ queueing 6 ◐ generating 120 ✓ success 61 ✕ fail 5 ? not seen" in words
    assert "61 × all failures 21 × moderation (prompt) 14 × concurrency limit 13 × image format" in words
    assert "Sent again unchanged, 2 can work now, 18 can work later, 41 will fail again." in words
    assert "1–10 of 200" in words
    assert len(rows(board)) == 10
    board.close()


def test_a_row_tells_state_cause_id_age_and_prompt():
    two_days = timedelta(days=2, minutes=1)
    sightings = [
        seen("1b6952ef959c5a5c", Record("fail", "Two rivals", fail_msg=MODERATED)),
        seen("44aa", Record("success", "A neon cat", age=two_days), "https://clips.example"),
        seen("9d2f", Record("success", "Paper city", age=timedelta(days=16))),
    ]
    board = make_board(sightings)
    assert rows(board)[0] == "✕ ✕ fail moderation (prompt) 1b6952ef… Two rivals"
    assert rows(board)[1] == "✓ success 44aa 2 days A neon cat"
    assert rows(board)[2] == "✓ success link expired 9d2f 16 days Paper city"
    assert 'src="https://clips.example/neon-cat.jpg"' in rows_and_buttons(board)[0][1].value
    board.close()


def test_a_task_that_could_not_be_seen_costs_one_row():
    lost = Sighting("lost").failed(ConnectionFailedError("api.example", "timed out"), NOW)
    board = make_board([seen("a", Record("success", "shot 01")), lost, seen("c", Record("success", "shot 03"))])
    assert prompts(board) == ["shot 01", "shot 03"]
    assert "? not seen yet no connection lost api.example could not be reached (timed out)." in rows(board)[1]
    assert board.tasks[1] is None
    board.open_task("lost")
    assert board.card.sighting is lost
    board.close()


def test_a_task_that_stands_twice_is_shown_once():
    one = seen("a", Record("wait", "shot 01"))
    board = make_board([one, seen("b", Record("wait", "shot 02")), one])
    assert prompts(board) == ["shot 01", "shot 02"]
    board.close()


def test_no_task_at_all():
    board = make_board([])
    assert rows(board) == ["There are no tasks."]
    assert all(button.disabled for button in rows_and_buttons(board)[1])
    board.close()


def test_nothing_from_the_api_is_markup():
    evil = "<img src=x onerror=alert(1)>"
    record = Record("fail", evil, fail_msg=evil)
    odd = seen("<b>id</b>", Record(evil, evil))
    script = seen("s", Record("success", "shot 03"), "javascript:alert(1)//")
    board = make_board([seen("a", record), odd, script])
    search(board, "img src")
    board.open_task("a")
    markup = "".join(part.value for part in board.children if isinstance(part, ipywidgets.HTML))
    markup += bundle_of(board)[0]["text/html"]
    assert "<img" not in markup
    assert "<b>id" not in markup
    assert "javascript" not in markup
    assert "<mark" in markup
    assert "&lt;" in markup
    board.close()


def test_a_search_shows_and_marks_what_it_found():
    prompt = f"{'far away ' * 60}a hidden lantern {'and on ' * 60}"
    board = make_board([seen("a", Record("fail", prompt, fail_msg=MODERATED)), seen("b", Record("wait", "shot 02"))])
    search(board, "LANTERN")
    row = rows_and_buttons(board)[0][0].value
    assert ">lantern</mark>" in row
    assert len(text(row)) < 300
    search(board, "ai moderator")
    assert "Your prompt was caught by our AI moderator" in rows(board)[0]
    assert "1 (of 2) · “ai moderator”" in shown(board)
    search(board, "((")
    assert rows(board) == ["No task matches. Clear the filters to see all."]
    board.close()


# --- filters, pages, the open card ------------------------------------------------------------------------------------


def test_filters_and_clearing_them():
    board = make_board(batch())
    states, causes, order = choices(board)
    assert causes.index is None
    choose(causes, "concurrency limit")
    assert "1–10 of 14 (of 200) · concurrency limit" in shown(board)
    assert (states.label, causes.label) == ("✕ fail", "concurrency limit")
    choose(causes, "all failures")
    assert (states.label, causes.label) == ("✕ fail", "all failures")
    assert "1–10 of 61 (of 200) · fail" in shown(board)
    choose(states, "success")
    assert causes.index is None
    choose(order, "last first")
    search(board, "harbour")
    assert "· success · “harbour”" in shown(board)
    buttons(board)["Clear filters"].click()
    assert states.label == "all"
    assert order.label == "last first"
    assert "1–10 of 200" in shown(board)
    board.close()


def test_pages_go_round(board):
    following, previous = buttons(board)["Next"], buttons(board)["Previous"]
    previous.click()
    assert prompts(board) == [f"shot {at}" for at in range(20, 24)]
    assert [button.disabled for button in rows_and_buttons(board)[1]] == [False] * 4 + [True] * 6
    following.click()
    assert prompts(board) == [f"shot {at:02}" for at in range(10)]
    search(board, "shot 20")
    assert prompts(board) == ["shot 20"]
    assert following.disabled
    assert previous.disabled


def test_one_card_is_open_at_a_time(board):
    before = board.children
    buttons(board)[3].click()
    first = board.card
    assert (board.opened, first.sighting.task_id) == ("task-03", "task-03")
    assert board.children == (*before, first)
    assert (buttons(board)[3].description, buttons(board)[4].description) == ("Close", "Open")
    buttons(board)[4].click()
    assert first.comm is None
    assert board.children == (*before, board.card)
    assert buttons(board)[3].description == "Open"
    search(board, "shot 20")
    assert board.opened == "task-04"  # and can be closed although its row is gone
    buttons(board)["Close the card"].click()
    assert (board.opened, board.card, board.children) == ("", None, before)
    buttons(board)[0].click()
    assert board.opened == "task-20"
    buttons(board)[0].click()
    assert board.opened == ""
    with pytest.raises(KeyError):
        board.open_task("another")


def test_a_press_on_a_row_that_is_gone_by_then_does_nothing(board):
    late = buttons(board)[5]
    search(board, "shot 03")
    late.click()
    assert board.card is None


def test_the_open_card_follows_the_board(board):
    board.open_task("task-03")
    board.update(changed(board.sightings[3], Record("success", "shot 03")))
    wait_until(lambda: board.card.sighting.settled)
    assert board.card.sighting is board.sightings[3]


# --- updates ----------------------------------------------------------------------------------------------------------


def test_an_update_changes_its_row_and_the_numbers(board):
    others = rows(board)
    board.update(changed(board.sightings[2], Record("fail", "shot 02", fail_msg=BUSY)))
    board.flush()
    assert "✕ fail concurrency limit" in rows(board)[2]
    assert rows(board)[:2] + rows(board)[3:] == others[:2] + others[3:]
    assert "1 of 24 ended" in shown(board)
    assert board.tasks[2].fail_msg == BUSY
    with pytest.raises(KeyError):
        board.update(Sighting("another"))


def test_what_can_be_chosen_grows_at_its_end_only(board):
    states, causes, _ = choices(board)
    board.update(changed(board.sightings[0], Record("fail", "shot 00", fail_msg=BUSY)))
    board.flush()
    assert causes.options == ("all failures", "concurrency limit")
    choose(causes, "concurrency limit")
    for at in (1, 2):
        board.update(changed(board.sightings[at], Record("fail", f"shot {at:02}", fail_msg=MODERATED)))
    board.update(changed(board.sightings[3], Record("paused", "shot 03")))
    board.flush()
    assert causes.options == ("all failures", "concurrency limit", "moderation (prompt)")
    assert states.options[-2:] == ("✕ fail", "? unknown")
    assert (states.label, causes.label) == ("✕ fail", "concurrency limit")
    assert prompts(board) == ["shot 00"]


def test_once_all_were_looked_at_the_causes_stand_in_order(board):
    board.update(changed(board.sightings[0], Record("fail", "shot 00", fail_msg=BUSY)))
    board.flush()
    for at in (1, 2):
        board.update(changed(board.sightings[at], Record("fail", f"shot {at:02}", fail_msg=MODERATED)))
    board.gathered()
    _, causes, _ = choices(board)
    assert causes.options == ("all failures", "moderation (prompt)", "concurrency limit")
    choose(causes, "moderation (prompt)")
    assert prompts(board) == ["shot 01", "shot 02"]


def test_a_burst_of_updates_is_few_changes_of_the_screen(board):
    changes = []
    board.observe(changes.append, "tasks")
    ended = [changed(sighting, Record("success", sighting.task.prompt)) for sighting in board.sightings]
    threads = [threading.Thread(target=board.update, args=(sighting,)) for sighting in ended]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: "24 tasks, all ended" in shown(board))
    assert len(changes) <= 4
    assert all(task.state.is_terminal for task in board.tasks)


def test_the_controls_for_all_tasks(board):
    actions = Actions()
    followed = make_board([sighting.due(NOW) for sighting in board.sightings], actions)
    assert toggle(followed).value
    assert "following 24" in shown(followed)
    buttons(followed)["Refresh"].click()
    toggle(followed).value = False
    toggle(followed).value = True
    assert actions.calls == ["look", "unfollow", "follow"]
    followed.update(followed.sightings[0].stopped(Following.DEADLINE, 5.0))
    for sighting in followed.sightings[1:]:
        followed.update(changed(sighting, Record("success")).stopped(Following.ENDED))
    followed.flush()
    assert not toggle(followed).value
    assert toggle(followed).description == "Resume"
    assert "stopped watching 1 that still go on" in shown(followed)
    followed.update(changed(followed.sightings[0], Record("success")))
    followed.flush()
    assert toggle(followed).disabled
    assert buttons(followed)["Refresh"].disabled
    assert actions.calls == ["look", "unfollow", "follow"]  # nothing of this was the user's doing
    followed.close()
    assert actions.calls[-1] == "closed"


def test_closing_closes_every_model():
    open_models = ipywidgets.widgets.widget._instances
    before = set(open_models)
    board = make_board(batch(30))
    board.open_task(board.sightings[0].task_id)
    assert len(set(open_models) - before) <= 60
    board.close()
    assert set(open_models) == before
    board.close()
    board.update(changed(board.sightings[1], Record("success")))  # a late answer


# --- bursts -----------------------------------------------------------------------------------------------------------


def test_a_burst_never_runs_twice_at_once_and_misses_nothing():
    asked, answered, running = [], [], []
    overlaps = []

    def run():
        overlaps.append(bool(running))
        running.append(1)
        answered[:] = list(asked)
        time.sleep(0.001)  # so that requests come meanwhile
        running.clear()

    burst = Burst(run, 0.005)

    def ask(who):
        for at in range(50):
            asked.append((who, at))
            if at % 7:
                burst.ask()
            else:
                burst.now()

    threads = [threading.Thread(target=ask, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: len(answered) == 200)
    assert not any(overlaps)


def test_a_burst_asks_for_itself():
    runs = []

    def run():
        runs.append(1)
        if len(runs) < 3:
            burst.now()

    burst = Burst(run, 0.0)
    burst.now()
    assert len(runs) == 3


def test_a_late_run_has_the_context_that_it_was_asked_for_in():
    cell = ContextVar("cell")
    seen: list[str] = []
    burst = Burst(lambda: seen.append(cell.get("none")), 0.01)
    copy_context().run(lambda: (cell.set("this one"), burst.ask(), burst.ask()))
    wait_until(lambda: len(seen) == 2)
    assert seen == ["this one"] * 2


def test_what_a_late_run_raises_is_told_to_the_next_request():
    def run():
        runs.append(1)
        if len(runs) == 2:
            raise LookupError("no parent")

    runs: list[int] = []
    burst = Burst(run, 0.01)
    burst.ask()
    burst.ask()
    wait_until(lambda: burst._error is not None)
    with pytest.raises(LookupError):
        burst.ask()
    burst.now()
    assert len(runs) == 3
    burst.end()
    burst.now()
    assert len(runs) == 3


# --- what is saved ----------------------------------------------------------------------------------------------------


def test_the_saved_board_reads_well_without_style_sheet_and_script():
    saved = board_html.static(batch(), NOW)["text/html"]
    assert not re.search(r"<(style|script)|class=| id=|var\(--", saved)
    assert "21 × moderation (prompt)" in text(saved)
    assert saved.count("<tr") == 201
    assert "https" not in saved
    assert re.search(r'<a href="http://127\.0\.0\.1:9/clips/night-sea\.mp4"', saved)
    for cell in re.findall(r"<t[dh]\b[^>]*>", saved):
        assert "background:" in cell
        assert "color:" in cell


def test_the_text_board_is_a_table():
    lines = board_html.static(batch(), NOW)["text/plain"].splitlines()
    assert lines[0].startswith("181 of 200 ended: ○ wait 3 · ◔ queueing 5")
    assert lines[1].startswith("21 × moderation (prompt), 14 × concurrency limit")
    assert re.match(r"✓ success +\w{8}-\S+ +Fishing boats", lines[4])
    assert max(len(line) for line in lines[3:-1]) <= 80
    assert lines[-1].endswith("UTC. Run the cell again to look.")


def test_a_very_long_board_is_saved_with_the_failures_first():
    saved = board_html.static(batch(1000), NOW)["text/html"]
    assert saved.count("<tr") == board_html.SAVED_ROWS + 1
    assert "800 more tasks are not listed here; what failed stands first." in saved
    assert text(saved).count("✕ fail") == board_html.SAVED_ROWS + 1  # and once in the numbers
    assert len(saved) < 300_000


def test_words_for_one_and_for_none():
    def counted(*states):
        return tally([Entry.of(at, seen(f"{at}", Record(state))) for at, state in enumerate(states)])

    assert board_words.progress(counted("success")) == "1 task, ended"
    assert board_words.progress(counted("success", "fail")) == "2 tasks, all ended"
    assert board_words.progress(counted("wait")) == "0 of 1 ended"
    assert board_words.retries(counted("success")) == ""
    assert board_words.retries(counted("fail")) == "Sent again unchanged, of 1 nothing is known."


def test_a_failure_that_was_none_leaves_its_control(board):
    _, causes, _ = choices(board)
    for record in (Record("fail", "shot 00", fail_msg=BUSY), Record("generating", "shot 00")):
        board.update(changed(board.sightings[0], record))
        board.flush()
    assert causes.options == ("all failures", "concurrency limit")
    assert "0 × concurrency limit" in shown(board)


@pytest.mark.parametrize(
    ("seconds", "expected"), [(5, "< 1 min"), (130, "> 2 min"), (4 * 3600 + 59, "> 4 h"), (86400 * 3, "> 3 days")]
)
def test_age_of_a_task_that_goes_on(seconds, expected):
    entry = Entry.of(0, seen("a", Record("generating")))
    assert board_words.age(entry, NOW + timedelta(seconds=seconds)) == expected


# --- in a kernel ------------------------------------------------------------------------------------------------------

MAKE = """
board = make_board(batch({count}))
display(*bundle_of(board)[:1], metadata=bundle_of(board)[1], raw=True)
board.open_task(board.sightings[0].task_id)
"""
CHANGE_VISIBLE = """
board.update(changed(board.sightings[6], Record("fail", "another prompt", fail_msg="the server is busy")))
board.flush()
"""
CHANGE_HIDDEN = """
board.update(changed(board.sightings[-1], Record("fail", "another prompt", fail_msg="the server is busy")))
board.flush()
"""


def weight(result):
    assert result.error is None, result.error.traceback
    return sum(len(json.dumps(content["data"])) for content in result.comm_msgs)


def test_models_and_bytes_do_not_grow_with_the_tasks(kernel):
    kernel.run(PREPARE)
    models, visible, hidden = {}, {}, {}
    for count in (200, 1000):
        made = kernel.run(MAKE.format(count=count))
        assert made.error is None, made.error.traceback
        models[count] = len(made.comm_opens)
        visible[count] = weight(kernel.run(CHANGE_VISIBLE))
        hidden[count] = weight(kernel.run(CHANGE_HIDDEN))
        closed = kernel.run("board.close()")
        assert len(closed.comm_closes) == models[count]
    assert models[200] == models[1000] <= 60
    assert visible[1000] < visible[200] * 1.1
    assert visible[1000] < 5000
    assert hidden[1000] < hidden[200] * 1.1
    assert hidden[1000] < visible[1000]


def test_a_sighting_that_shows_nothing_new_sends_nothing(kernel):
    kernel.run(PREPARE)
    kernel.run(MAKE.format(count=50))
    again = kernel.run("for sighting in board.sightings: board.update(sighting)\nboard.flush()")
    assert again.error is None
    assert again.comm_msgs == []


def test_threads_are_drawn_after_the_cell(kernel):
    kernel.run(PREPARE)
    kernel.run(MAKE.format(count=50))
    kernel.run(
        "import threading\n"
        "ended = [changed(sighting, Record('success', 'shot')) for sighting in board.sightings]\n"
        "for sighting in ended: threading.Timer(0.1, board.update, (sighting,)).start()"
    )
    kernel.wait_for(lambda message: "50 tasks, all ended" in str(message["content"].get("data", "")))
