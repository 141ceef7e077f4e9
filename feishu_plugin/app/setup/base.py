"""Step 4: a base of one's own or a new one, with everything in it, open to the administrators."""

from feishu_plugin import schema as schemas
from feishu_plugin.app.compose import administrators
from feishu_plugin.app.provision import Provisioned, plan_base, provision
from feishu_plugin.app.setup.run import BASE, Run
from feishu_plugin.errors import FeishuRefused
from feishu_plugin.gateway.bases import base_facts
from feishu_plugin.gateway.sharing import share
from feishu_plugin.gateway.wiki import address_of, base_token
from feishu_plugin.language import Phrase

_WHICH = Phrase("已有多维表格的地址，留空则新建", "Address of a base that is there, empty makes a new one")
_NAME = Phrase("新多维表格的名称", "Name of the new base")


def base(run: Run) -> None:
    """Brings the set base in line; adopts or makes one when none is set."""
    address = run.wishes.base
    if not run.values.get(BASE) and (made := _made_before(run)) and not address:
        run.keep(**{BASE: made})
    if run.values.get(BASE) and not address:
        for token in run.settings().base_tokens:
            _bring_in_line(run, token)
        return
    address = address or ("" if run.wishes.base_name else run.talk.ask(_WHICH))
    if address:
        with run.feishu() as feishu:
            token = base_token(feishu, address_of(address))
            base_facts(feishu, token)
        run.keep(**{BASE: token})
        _bring_in_line(run, token)
    else:
        _make(run)


def _make(run: Run) -> None:
    settings = run.settings()
    zh = schemas.load(settings.schema_file).base.zh
    name = run.wishes.base_name or run.talk.ask(_NAME, zh)

    def made(token: str) -> None:
        # Before anything else: a base that nobody remembers would be made once more. The note comes first:
        # whoever finds the setting alone would take the base for one that people made, and not share it.
        run.note(made=token, shared=[])
        run.keep(**{BASE: token})

    with run.bar() as on_step:
        done = provision(settings, None, name, on_step=on_step, on_created=made)
    run.note(shared=list(done.shared))
    _tell(run, done)


def _made_before(run: Run) -> str:
    """The base that a run made which ended before it was in ``.env``; empty when it is gone."""
    token = str(run.recalled().get("made") or "")
    try:
        with run.feishu() as feishu:
            return token if token and base_facts(feishu, token) else ""
    except FeishuRefused:
        return ""


def _bring_in_line(run: Run, token: str) -> None:
    settings = run.settings()
    plan = plan_base(settings, token)
    if not plan:
        run.talk.say(Phrase(f"✓ 多维表格 {token}：没有变更", f"✓ base {token}: nothing to change"))
    elif run.talk.agrees(
        f"{plan}\n{Phrase(f'对 {token} 执行以上变更？', f'Make these changes in {token}?')}"
    ):
        with run.bar() as on_step:
            done = provision(settings, token, None, on_step=on_step)
        _tell(run, done)
    _share_late(run, token)


def _share_late(run: Run, token: str) -> None:
    """With administrators who may not open yet the base that was made here."""
    fact, settings = run.recalled(), run.settings()
    if fact.get("made") != token:
        return
    with run.feishu() as feishu:
        people = [one for one in administrators(feishu, settings) if one not in fact["shared"]]
        refused = share(feishu, token, people)
    run.note(shared=[*fact["shared"], *(one for one in people if one not in refused)])
    for one in people:
        done = Phrase(f"✓ 已分享给 {one}", f"✓ shared with {one}")
        run.talk.say(f"✗ {one}: {refused[one]}" if one in refused else done)


def _tell(run: Run, done: Provisioned) -> None:
    lines = done.lines if done.created else [f"{done.base_token}  {done.url}", *done.lines]
    head = f"✓ {Phrase('多维表格', 'base')} {lines[0]}"
    run.talk.say("\n  ".join([head, *map(str.strip, lines[1:])]))
