"""``python -m feishu_plugin.sandbox.hand``: work at a running sandbox by hand, as one of its people.

For trying things out at a terminal: rows, cards, buttons and the clock, in the words people see.
It finds the sandbox by the line that ``sandbox --print-json`` printed (``sandbox.json``).
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox import hand_cards
from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.hand_calls import Hand, Table, settled
from feishu_plugin.sandbox.hand_cells import PERSON, HandError, moment, open_id_of, read, typed

_ZONE = ZoneInfo("Asia/Shanghai")
"""Where the sandbox's company works."""
_STEPS = {"m": "minutes", "h": "hours", "d": "days"}


def main(words: Sequence[str] | None = None) -> int:
    """Reads the command line; the exit code."""
    given = _parser().parse_args(words)
    try:
        given.do(given)
    except HandError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def settings(given: argparse.Namespace) -> None:
    """The settings of a plugin that works at this sandbox, by its clock and without its rate limits."""
    ready = _ready(given)
    Hand(ready["base_url"]).control("PUT", "switches", {"rate_limits": False})
    found = {
        "FEISHU_APP_ID": ready["app_id"],
        "FEISHU_APP_SECRET": ready["app_secret"],
        "FEISHU_BASE_URL": ready["base_url"],
        "FEISHU_PLUGIN_CLOCK": "sandbox",
        "FEISHU_PLUGIN_PACED": "0",
    }
    _say(*(f"{name}={value}" for name, value in found.items()))


def base(given: argparse.Namespace) -> None:
    """The setting that names the newest base."""
    _say(f"FEISHU_BASE_TOKEN={_hand(given).base['app_token']}")


def add(given: argparse.Namespace) -> None:
    """A person adds a row; then what somebody else filled in."""
    hand = _hand(given)
    table = hand.table(open_id_of(given.who, hand.people), given.table)
    _edited(hand, table, "", _pairs(given.cells), given.wait)


def change(given: argparse.Namespace) -> None:
    """A person changes a row; then what somebody else changed."""
    hand = _hand(given)
    table = hand.table(open_id_of(given.who, hand.people), given.table)
    record_id = _found(hand, table, given.row)
    _edited(hand, table, record_id, _pairs(given.cells), given.wait)


def _edited(hand: Hand, table: Table, record_id: str, cells: Mapping[str, str], wait_s: float) -> None:
    unknown = [name for name in cells if name not in table.fields]
    if unknown:
        raise HandError(f"没有这一列 no such column: {'、'.join(unknown)}")
    fields = {name: typed(table.fields[name], text, hand.people, hand.zone) for name, text in cells.items()}
    before = _written(hand, table, record_id) if record_id else {}
    mine = {name: _as_shown(table.fields[name], value, cells[name], hand) for name, value in fields.items()}
    made = hand.write(table, fields, record_id)
    expected = {**dict.fromkeys(table.written, ""), **before, **mine}
    _tell(expected, settled(lambda: _written(hand, table, made), expected, wait_s))


def _as_shown(field: Json, value: Any, text: str, hand: Hand) -> str:
    return text if field["type"] == PERSON else read(field, value, hand.zone)


def _written(hand: Hand, table: Table, record_id: str) -> dict[str, str]:
    """The row without what Feishu itself computes or notes."""
    shown = _shown(hand, table, hand.rows(table)[record_id])
    return {name: shown[name] for name in table.written}


def _tell(before: Mapping[str, str], after: Mapping[str, str]) -> None:
    changed = [name for name, text in after.items() if text != before.get(name, "")]
    if not changed:
        _say("没有别的变化 · nothing else changed")
    for name in changed:
        was = f"{before[name]} → " if before.get(name) else ""
        _say(f"{name}：{was}{after[name]}".replace("\n", " / "))


def show(given: argparse.Namespace) -> None:
    """The named columns of one row, or all that are filled."""
    hand = _hand(given)
    table = hand.table(next(iter(hand.people.values())), given.table)
    shown = _shown(hand, table, hand.rows(table)[_found(hand, table, given.row)])
    for name in given.columns or [name for name, text in shown.items() if text]:
        _say(f"{name}：{shown.get(name, '')}".replace("\n", " / "))


def card(given: argparse.Namespace) -> None:
    """The newest card of a person, waited for; with a text, the newest that holds it."""
    hand = _hand(given)
    _read_out(_card(hand, given.who, given.text, given.wait)["content"])


def press(given: argparse.Namespace) -> None:
    """A person fills a card in and presses its button; then what became of the card."""
    hand = _hand(given)
    message = _card(hand, given.who, given.button, given.wait)
    shown = message["content"]
    if given.button not in hand_cards.buttons(shown):
        raise HandError(f"没有这个按钮 no such button; there are {hand_cards.buttons(shown)}")
    open_id = open_id_of(given.who, hand.people)
    form = hand_cards.filled(shown, given.button, _pairs(given.cells), hand.people, hand.zone)
    body = {"open_id": open_id, "element": given.button, "form_value": form}
    answer = hand.control("POST", f"messages/{message['message_id']}/click", body)
    toast = ((answer.get("answer") or {}).get("toast") or {}).get("content", answer.get("code"))
    _say(f"（{toast}）")
    ids = message["message_id"]
    _read_out(settled(lambda: _content(hand, open_id, ids), shown, given.wait))


def clock(given: argparse.Namespace) -> None:
    """Shows the time, sets it (2026-08-24T09:05), or steps it (15m, 2h, 1d)."""
    hand = _hand(given)
    text = given.to
    if text[:-1].isdigit() and text[-1] in _STEPS:
        by = timedelta(**{_STEPS[text[-1]]: int(text[:-1])})
        hand.control("POST", "clock", {"advance_s": by.total_seconds()})
    elif text:
        hand.control("PUT", "clock", {"now": moment(text, _ZONE).isoformat()})
    now = datetime.fromisoformat(hand.control("GET", "clock")["now"]).astimezone(_ZONE)
    _say(f"{now:%Y-%m-%d %H:%M}")


def _card(hand: Hand, who: str, text: str, wait_s: float) -> Json:
    open_id = open_id_of(who, hand.people)

    def newest() -> Json | None:
        found = [m for m in hand.messages(open_id) if text in json.dumps(m["content"], ensure_ascii=False)]
        return found[-1] if found else None

    message: Json | None = newest() or settled(newest, None, wait_s)
    if message is None:
        raise HandError(f"{who} 没有这样的卡片 has no such card: {text}")
    return message


def _content(hand: Hand, open_id: str, message_id: str) -> Json:
    found: Json = next(m for m in hand.messages(open_id) if m["message_id"] == message_id)["content"]
    return found


def _read_out(shown: Json) -> None:
    _say(f"✉ {hand_cards.title(shown)}", *(f"  {line}" for line in hand_cards.lines(shown)))


def _shown(hand: Hand, table: Table, cells: Json) -> dict[str, str]:
    return {name: read(field, cells.get(name), hand.zone) for name, field in table.fields.items()}


def _found(hand: Hand, table: Table, text: str) -> str:
    """The only row that holds a text; one that is exactly it goes before others."""
    shown = {record_id: _shown(hand, table, cells).values() for record_id, cells in hand.rows(table).items()}
    exact = [record_id for record_id, texts in shown.items() if text in texts]
    found = exact or [rid for rid, texts in shown.items() if any(text in one for one in texts)]
    if len(found) != 1:
        raise HandError(f"{len(found)} 行含有 rows hold {text!r}; name a text that one row holds")
    return found[0]


def _pairs(words: Sequence[str]) -> dict[str, str]:
    wrong = [word for word in words if "=" not in word]
    if wrong:
        raise HandError(f"请写成 write 列=值: {' '.join(wrong)}")
    return dict(word.split("=", 1) for word in words)


def _ready(given: argparse.Namespace) -> Json:
    try:
        found: Json = json.loads(given.ready.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise HandError(
            f"读不了 cannot read {given.ready}: start feishu-plugin sandbox --print-json > {given.ready}"
        ) from None
    return found


def _hand(given: argparse.Namespace) -> Hand:
    return Hand(_ready(given)["base_url"])


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


VERBS: Mapping[str, tuple[Callable[[argparse.Namespace], None], str]] = {
    "settings": (settings, ""),
    "base": (base, ""),
    "add": (add, "who table cells+"),
    "set": (change, "who table row cells+"),
    "show": (show, "table row columns*"),
    "card": (card, "who text?"),
    "press": (press, "who button cells*"),
    "clock": (clock, "to?"),
}
"""What may be said, and the arguments of each, as often as in a regular expression."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m feishu_plugin.sandbox.hand", description=__doc__)
    parser.add_argument("--ready", type=Path, default=Path("sandbox.json"), help="what --print-json printed")
    parser.add_argument("--wait", type=float, default=60, help="seconds to wait for others, at most")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for name, (do, arguments) in VERBS.items():
        verb = verbs.add_parser(name, help=(do.__doc__ or "").strip().splitlines()[0])
        verb.set_defaults(do=do)
        for word in arguments.split():
            _argument(verb, word)
    return parser


def _argument(verb: argparse.ArgumentParser, word: str) -> None:
    if word[-1] in "*+?":
        verb.add_argument(word[:-1], nargs=word[-1], default="" if word[-1] == "?" else [])
    else:
        verb.add_argument(word)


if __name__ == "__main__":
    sys.exit(main())
