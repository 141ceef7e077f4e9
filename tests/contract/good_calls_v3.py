"""Good calls of base v3, and of what v1 does with its dashboards and automations; see good_calls.py."""

from tests.contract.good_call import Good
from tests.contract.premises import STEPS, V3
from tests.sandbox.bitable import API
from tests.sandbox.conftest import Json

BASE = f"{V3}/:app_token"
TABLE = f"{BASE}/tables/:table_id"
FIELD, VIEW = f"{TABLE}/fields/:field_id", f"{TABLE}/views/:view_id"
BOARD, BLOCK = f"{BASE}/dashboards/:dashboard_id", f"{BASE}/dashboards/:dashboard_id/blocks/:block_id"
FLOW = f"{BASE}/workflows/:workflow_id"
CHART: Json = {"table_name": "Orders", "count_all": True, "group_by": [{"field_name": "State"}]}
V1 = f"{API}/apps/:app_token"
SORT = {"sort_config": [{"field": "Amount", "desc": True}]}
FILTER = {"logic": "and", "conditions": [["State", "intersects", ["Open"]], ["Due", "empty"]]}
GALLERY, GANTT = {"view_id": "$gallery"}, {"view_id": "$gantt"}
BAR = {"start_time": "Due", "end_time": "Created", "title": "Title"}
GROUP: Json = {"name": "G", "children": [{"type": "field", "id": "$field_amount"}]}

GOOD_V3: dict[tuple[str, str], Good] = {
    ("POST", V3): Good(body={"name": "New", "time_zone": "Asia/Shanghai"}),
    ("GET", BASE): Good(),
    ("GET", f"{BASE}/tables"): Good(query={"limit": "2", "offset": "0"}),
    ("POST", f"{BASE}/tables"): Good(body={"name": "T3", "fields": [{"name": "What", "type": "text"}]}),
    ("GET", TABLE): Good(),
    ("PATCH", TABLE): Good(body={"name": "Sales"}),
    ("DELETE", TABLE): Good(),
    ("GET", f"{TABLE}/fields"): Good(query={"limit": "2"}),
    ("POST", f"{TABLE}/fields"): Good(
        body={
            "name": "Stage",
            "type": "select",
            "multiple": False,
            "options": [{"name": "a", "hue": "Blue"}],
        }
    ),
    ("GET", FIELD): Good(),
    ("PUT", FIELD): Good(body={"name": "Price", "type": "number", "style": {"type": "currency"}}),
    ("DELETE", FIELD): Good(),
    ("GET", f"{FIELD}/options"): Good(query={"keyword": "O"}, path={"field_id": "$field_state"}),
    ("GET", f"{TABLE}/views"): Good(query={"offset": "1"}),
    ("POST", f"{TABLE}/views"): Good(body={"name": "Days", "type": "calendar"}),
    ("GET", VIEW): Good(),
    ("PATCH", VIEW): Good(body={"name": "Mine"}),
    ("DELETE", VIEW): Good(),
    ("GET", f"{VIEW}/sort"): Good(),
    ("GET", f"{VIEW}/group"): Good(),
    ("GET", f"{VIEW}/filter"): Good(),
    ("GET", f"{VIEW}/visible_fields"): Good(),
    ("GET", f"{VIEW}/card"): Good(path=GALLERY),
    ("GET", f"{VIEW}/timebar"): Good(path=GANTT),
    ("PUT", f"{VIEW}/sort"): Good(body=SORT),
    ("PUT", f"{VIEW}/group"): Good(body={"group_config": [{"field": "State", "desc": False}]}),
    ("PUT", f"{VIEW}/filter"): Good(body=FILTER),
    ("PUT", f"{VIEW}/visible_fields"): Good(body={"visible_fields": ["Amount", "State"]}),
    ("PUT", f"{VIEW}/card"): Good(body={"cover_field": "Files"}, path=GALLERY),
    ("PUT", f"{VIEW}/timebar"): Good(body=BAR, path=GANTT),
    ("GET", f"{BASE}/dashboards"): Good(),
    ("POST", f"{BASE}/dashboards"): Good(body={"name": "New", "theme": {"theme_style": "deepDark"}}),
    ("GET", BOARD): Good(),
    ("PATCH", BOARD): Good(body={"name": "Renamed", "theme": {"theme_style": "default"}}),
    ("DELETE", BOARD): Good(),
    ("POST", f"{BOARD}/arrange"): Good(body={}),
    ("GET", f"{BOARD}/blocks"): Good(),
    ("POST", f"{BOARD}/blocks"): Good(body={"name": "C", "type": "column", "data_config": CHART}),
    ("GET", BLOCK): Good(),
    ("PATCH", BLOCK): Good(body={"name": "D", "data_config": {"text": "# Hi"}}),
    ("DELETE", BLOCK): Good(),
    ("POST", f"{BASE}/workflows"): Good(body={"client_token": "t-2", "title": "New", "steps": STEPS}),
    ("POST", f"{BASE}/workflows/list"): Good(body={}),
    ("GET", FLOW): Good(),
    ("PUT", FLOW): Good(body={"title": "Tell all", "steps": STEPS}),
    ("PATCH", f"{FLOW}/enable"): Good(),
    ("PATCH", f"{FLOW}/disable"): Good(),
    ("POST", f"{V1}/dashboards/:block_id/copy"): Good(body={"name": "Copy"}, path={"block_id": "$dashboard"}),
    ("GET", f"{V1}/block_workflows"): Good(),
    ("PUT", f"{V1}/workflows/:workflow_id"): Good(body={"status": "Enable"}),
    ("POST", f"{V1}/tables/:table_id/field_groups"): Good(body={"field_groups": [GROUP]}),
    ("POST", f"{V1}/tables/:table_id/forms/:form_id/upgrade"): Good(
        body={"form_name": "New form", "display_mode": "traditional"}
    ),
    ("GET", "/_sandbox/scopes"): Good(),
    ("PUT", "/_sandbox/scopes"): Good(body={"granted": ["bitable:app"]}),
    ("POST", "/_sandbox/publish"): Good(),
    ("GET", "/_sandbox/console"): Good(),
    ("PUT", "/_sandbox/console"): Good(body={"waiting": True}),
    ("GET", "/_sandbox/people"): Good(),
    ("GET", "/_sandbox/bases"): Good(),
    ("GET", "/_sandbox/news"): Good(query={"after": "0", "timeout_s": "1"}),
    ("GET", "/_sandbox/images/:image_key"): Good(),
    ("GET", "/_sandbox/people/:open_id/said"): Good(),
    ("GET", "/_sandbox/dashboards/:open_id/:app_token"): Good(),
    ("GET", "/_sandbox/dashboards/:open_id/:app_token/:dashboard_id"): Good(),
}
