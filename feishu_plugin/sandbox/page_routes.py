"""``/_sandbox/*`` for the page in the browser: who is there, which bases, what is new, pictures of cards.

What the page shows of a base it reads as a person, by the ordinary calls below
``/_sandbox/as/:open_id/`` (server.py): with this person's rights, but as Feishu's own clients do, so
that no rate limit, fault or count of the app's calls is touched.
"""

import math

from feishu_plugin.sandbox.control_routes import control_route, seconds_of, wrong
from feishu_plugin.sandbox.envelope import Call, Json, Raw, Route
from feishu_plugin.sandbox.people import Person
from feishu_plugin.sandbox.world import World

LONGEST_WAIT_S = 60.0


def people(world: World, _: Call) -> Raw:
    """``{"people": [...], "bot_open_id"}``: everybody with department, leader and flags; no tokens."""
    return Raw(
        body={
            "people": [_shown(world, person) for person in world.people.everybody()],
            "bot_open_id": world.people.bot_open_id,
        }
    )


def _shown(world: World, person: Person) -> Json:
    department = world.people.department(person.department_ids[0])
    return {
        "open_id": person.open_id,
        "name": person.name,
        "en_name": person.en_name,
        "department": department.name if department else "",
        "job_title": person.job_title,
        "leader_open_id": person.leader_user_id,
        "is_resigned": person.is_resigned,
        "is_frozen": person.is_frozen,
        "available": person.available,
    }


def bases(world: World, _: Call) -> Raw:
    """``{"bases": [{"app_token", "name", "time_zone"}]}``, oldest first."""
    names = ("app_token", "name", "time_zone")
    found = [{name: getattr(base, name) for name in names} for base in world.bases.all.values()]
    return Raw(body={"bases": found})


async def news(world: World, call: Call) -> Raw:
    """``{"n", "items"}`` newer than ``after``, waiting ``timeout_s`` for some.

    ``items`` null: read everything again, for what happened since is not known one by one. Without
    ``after`` only the present number.
    """
    text = call.query.get("after")
    if text is None:
        return Raw(body={"n": world.news.number, "items": []})
    if not text.isascii() or not text.isdigit():
        raise wrong(f"after: a number of the news is needed, not {text!r}")
    wait_s = seconds_of(call.query.get("timeout_s", "25"))
    if not math.isfinite(wait_s):
        raise wrong("timeout_s: a number of seconds is needed")
    found = await world.news.wait(int(text), min(wait_s, LONGEST_WAIT_S))
    return Raw(body={"n": world.news.number, "items": found})


def image(world: World, call: Call) -> Raw:
    """A picture of a card, by its image_key."""
    content = world.messages.images.get(call.params["image_key"])
    if content is None:
        raise wrong("no such image", 404)
    return Raw(body=content, content_type="image/png")


ROUTES: tuple[Route, ...] = (
    control_route("GET", "people", people, "Everybody, for the page"),
    control_route("GET", "bases", bases, "Every base, for the page"),
    control_route("GET", "news", news, "What changed; ?after=n waits for more"),
    control_route("GET", "images/:image_key", image, "A picture of a card"),
)
