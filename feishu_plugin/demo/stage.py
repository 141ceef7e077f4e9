"""The stage of the demo: a sandbox and the service as processes, people who edit by the official API.

Nothing here knows the plugin's insides: people are user tokens, time is ``/_sandbox/clock``,
and "everybody is done" is what the sandbox and the health page say.
"""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

Json = dict[str, Any]
_SANDBOX_WAIT_S = 60
_QUIET_WAIT_S = 180
_RETRY_WAIT_S = 30


class StageError(RuntimeError):
    """A process of the demo did not start or never came to rest; the text says where to look."""


@dataclass(slots=True, kw_only=True)
class Process:
    """A child process that prints one JSON line when it is ready."""

    popen: subprocess.Popen[str]
    ready: Json
    log: Path

    def stop(self) -> None:
        """Asks it to end and waits."""
        if self.popen.poll() is None:
            self.popen.terminate()
            self.popen.wait(timeout=30)
        if self.popen.stdout:
            self.popen.stdout.close()

    def kill(self) -> None:
        """Ends it at once, as a power cut would."""
        self.popen.kill()
        self.popen.wait(timeout=30)
        self.stop()


@dataclass(slots=True, kw_only=True)
class Stage:
    """A sandbox with one base, and the plugin watching it."""

    folder: Path
    sandbox: Process
    environment: Mapping[str, str]
    service: Process | None = None
    base: Json = field(default_factory=dict)
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def url(self) -> str:
        """Where the sandbox listens."""
        return str(self.sandbox.ready["base_url"])

    @property
    def people(self) -> Mapping[str, Json]:
        """Everybody of the sandbox by name."""
        return {user["name"]: user for user in self.sandbox.ready["users"]}

    def command(self, *words: str) -> Json:
        """Runs one command of the plugin and returns its JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "feishu_plugin.cli", *words, "--json"],
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
        )
        if done.returncode not in ((0, 1) if words == ("status",) else (0, 2)):
            raise StageError(f"feishu-plugin {' '.join(words)} failed: {done.stderr.strip()}")
        answer: Json = json.loads(done.stdout)
        return answer

    def provision(self, name: str) -> Json:
        """Makes the base and remembers it for everything that follows."""
        self.remember(self.command("apply", "--base-name", name))
        return self.base

    def remember(self, base: Json) -> None:
        """From now on everything is about this base, as ``apply`` told of it."""
        self.base = base
        self.environment = {**self.environment, "FEISHU_BASE_TOKEN": base["base_token"]}

    def serve(self, listen: str = "127.0.0.1:0") -> None:
        """Starts the plugin's service and waits until it watches the base."""
        words = ["-m", "feishu_plugin.cli", "-v", "serve", "--listen", listen, "--json"]
        self.service = _start(words, self.environment, self.folder / "serve.log", self.folder)

    def call(self, method: str, path: str, token: str, body: Json | None = None) -> Json:
        """One call to the sandbox as the bearer of ``token``; raises on a non-zero code."""
        headers = {"Authorization": f"Bearer {token}"}
        answer = self.session.request(method, self.url + path, json=body, headers=headers, timeout=60).json()
        if answer["code"] != 0:
            raise StageError(f"{method} {path}: {answer['code']} {answer['msg']}")
        data: Json = answer.get("data") or {}
        return data

    def create(self, who: str, table: str, rows: Sequence[Json]) -> list[str]:
        """A person adds rows (fields by their Chinese names)."""
        body = {"records": [{"fields": row} for row in rows]}
        data = self.call("POST", self._records(table, "batch_create"), self._token(who), body)
        return [record["record_id"] for record in data["records"]]

    def edit(self, who: str, table: str, changes: Mapping[str, Json]) -> None:
        """A person edits rows, all in one paste."""
        body = {"records": [{"record_id": rid, "fields": fields} for rid, fields in changes.items()]}
        self.call("POST", self._records(table, "batch_update"), self._token(who), body)

    def rows(self, table: str) -> dict[str, Json]:
        """Every row of a table as people see it."""
        found: dict[str, Json] = {}
        page = ""
        while True:
            path = self._records(table, f"search?page_size=500&page_token={page}")
            data = self.call("POST", path, self._token(next(iter(self.people))), {})
            found |= {item["record_id"]: item["fields"] for item in data["items"]}
            if not data["has_more"]:
                return found
            page = data["page_token"]

    def messages(self) -> list[Json]:
        """Everything the bot sent so far, oldest first."""
        found: list[Json] = self.session.get(f"{self.url}/_sandbox/messages", timeout=60).json()["messages"]
        return found

    def last_card(self, who: str, holding: str) -> Json:
        """The newest message to a person whose card holds this text."""
        open_id = self.people[who]["open_id"]
        found = [m for m in self.messages() if m["to"] == open_id and holding in str(m["content"])]
        if not found:
            raise StageError(f"{who} got no card that says {holding}")
        return found[-1]

    def press(self, who: str, message: Json, button: str, form: Json | None = None) -> str:
        """A person presses a button; what Feishu shows for a moment."""
        body = {"open_id": self.people[who]["open_id"], "element": button, "form_value": form or {}}
        path = f"{self.url}/_sandbox/messages/{message['message_id']}/click"
        answer: Json = self.session.post(path, json=body, timeout=60).json()
        return str(((answer.get("answer") or {}).get("toast") or {}).get("content", answer.get("code")))

    def go_to(self, now: datetime) -> None:
        """Sets the clock and waits until everything that was due has happened.

        Never back: what waits for a moment would wait for it once more (a slow machine may be late).
        """
        at = max(now, self.now())
        self.session.put(f"{self.url}/_sandbox/clock", json={"now": at.isoformat()}, timeout=60)
        self.until_quiet(after=at)

    def now(self) -> datetime:
        """The sandbox's instant."""
        clock = self.session.get(f"{self.url}/_sandbox/clock", timeout=60).json()
        return datetime.fromisoformat(clock["now"])

    def until_quiet(self, after: datetime | None = None) -> None:
        """Waits until no event is on its way and the service has nothing left to do."""
        pause = threading.Event()
        calm = 0
        for look in range(1, _QUIET_WAIT_S * 20):
            # Twice in a row: an answer of ours may just now be becoming an event.
            calm = calm + 1 if self._is_quiet(after) else 0
            if calm >= 3:
                return
            if look % (_RETRY_WAIT_S * 20) == 0:
                self._bring_again()
            pause.wait(0.05)
        raise StageError(f"the service never came to rest; see {self.folder / 'serve.log'}")

    def stats(self) -> Json:
        """Requests by route and code, connections, events."""
        found: Json = self.session.get(f"{self.url}/_sandbox/stats", timeout=60).json()
        return found

    def health(self) -> Json:
        """What the service says of itself."""
        address = self.service.ready["health"] if self.service else ""
        found: Json = self.session.get(address, timeout=60).json()
        return found

    def close(self) -> None:
        """Stops both processes and closes what led to them."""
        for process in (self.service, self.sandbox):
            if process is not None:
                process.stop()
        self.session.close()

    def _bring_again(self) -> None:
        """An event that twice found nobody, as the service took long to start, comes after five minutes."""
        base = self.health()["bases"][0]
        if self.stats()["events"]["waiting"] and (base["idle"] or base["set_apart"]):
            self.session.post(f"{self.url}/_sandbox/clock", json={"advance_s": 300}, timeout=60)

    def _is_quiet(self, after: datetime | None) -> bool:
        if self.stats()["events"]["waiting"]:
            return False
        base = self.health()["bases"][0]
        ticked = base["ticked_at"] and datetime.fromisoformat(base["ticked_at"])
        return bool(base["idle"] and (after is None or (ticked and ticked >= after)))

    def _records(self, table: str, action: str) -> str:
        token, table_id = self.base["base_token"], self.base["tables"][table]
        return f"/open-apis/bitable/v1/apps/{token}/tables/{table_id}/records/{action}"

    def _token(self, who: str) -> str:
        return str(self.people[who]["user_access_token"])


def raise_curtain(port: int = 0, users: Sequence[Json] = (), world: Path | None = None) -> Stage:
    """Starts a sandbox in a folder of its own; ``users`` work there instead of its seven.

    ``world`` is a file: what it holds is there already, and everything is kept in it.
    """
    folder = Path(tempfile.mkdtemp(prefix="feishu-demo-"))
    words = ["-m", "feishu_plugin.sandbox", "--port", str(port), "--print-json"]
    words += ["--data", str(world)] if world else []
    if users:
        (folder / "users.json").write_text(json.dumps(users, ensure_ascii=False), encoding="utf-8")
        words += ["--users", str(folder / "users.json")]
    sandbox = _start(words, {}, folder / "sandbox.log", folder)
    ready = sandbox.ready
    environment = {
        "FEISHU_APP_ID": ready["app_id"],
        "FEISHU_APP_SECRET": ready["app_secret"],
        "FEISHU_BASE_URL": ready["base_url"],
        "FEISHU_PLUGIN_DATABASE": f"sqlite:///{folder / 'plugin.sqlite3'}",
        "FEISHU_PLUGIN_CLOCK": "sandbox",
        "FEISHU_PLUGIN_PACED": "0",
    }
    stage = Stage(folder=folder, sandbox=sandbox, environment=environment)
    stage.session.trust_env = False
    # The story is told in minutes: Feishu's rate limits would only make it longer, and an answer that
    # a busy machine gave after three seconds would be waited for until the event comes again.
    switches = {"rate_limits": False, "ack_limit_s": _RETRY_WAIT_S}
    stage.session.put(f"{stage.url}/_sandbox/switches", json=switches, timeout=60)
    return stage


def _start(words: Sequence[str], environment: Mapping[str, str], log: Path, folder: Path) -> Process:
    with log.open("w", encoding="utf-8") as errors:
        popen = subprocess.Popen(
            [sys.executable, *words],
            env=dict(environment),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=folder,
        )
    line = popen.stdout.readline() if popen.stdout else ""
    if not line:
        popen.communicate(timeout=_SANDBOX_WAIT_S)
        raise StageError(f"{' '.join(words)} did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")
    return Process(popen=popen, ready=json.loads(line), log=log)
