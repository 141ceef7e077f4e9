"""Every endpoint of the sandbox in one tuple; docs/sandbox.md's coverage table is made from it."""

from feishu_plugin.sandbox import (
    auth_routes,
    base_routes,
    bot_routes,
    contact_routes,
    control_routes,
    drive_routes,
    field_routes,
    form_routes,
    im_routes,
    long_connection,
    record_routes,
    role_routes,
    search_routes,
    table_routes,
    view_routes,
)
from feishu_plugin.sandbox.envelope import Route

ROUTES: tuple[Route, ...] = (
    *auth_routes.ROUTES,
    *bot_routes.ROUTES,
    *contact_routes.ROUTES,
    *drive_routes.ROUTES,
    *im_routes.ROUTES,
    *long_connection.ROUTES,
    *base_routes.ROUTES,
    *table_routes.ROUTES,
    *field_routes.ROUTES,
    *record_routes.ROUTES,
    *search_routes.ROUTES,
    *view_routes.ROUTES,
    *form_routes.ROUTES,
    *role_routes.ROUTES,
    *control_routes.ROUTES,
)
