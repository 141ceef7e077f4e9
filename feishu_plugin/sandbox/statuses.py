"""HTTP status of an error code; the one place that knows Feishu's two generations of endpoints.

Older endpoints answer most errors with 200 and a code; "REST style" endpoints use 400, 404
and 429. Some codes have one status everywhere.
"""

EVERYWHERE: dict[int, int] = {
    1254011: 400,
    1254027: 403,
    1254028: 400,
    1254029: 400,
    1254034: 403,
    1254036: 400,
    1254037: 400,
    1254302: 403,
    1254304: 403,
    1254306: 403,
    1254607: 400,
    1254608: 403,
    1254701: 403,
    1254702: 404,
    1254800: 400,
    1255006: 400,
    1255040: 504,
    91402: 404,
    91403: 403,
    99991201: 404,
    99991400: 429,
    99991661: 400,
    99991663: 400,
    99991664: 400,
    99991668: 400,
    99991671: 400,
    99991672: 400,
    99991677: 400,
    99991679: 400,
    99992402: 400,
    **dict.fromkeys(range(1254080, 1254097), 400),
}
"""Codes whose status does not depend on the endpoint."""

REST_NOT_FOUND = frozenset({*range(1254040, 1254045), *range(1254047, 1254051)})
OLD_STYLE = range(1254000, 1256000)
"""Bitable codes that older endpoints answer with HTTP 200."""


def status_of(code: int, *, rest_style: bool) -> int:
    """The HTTP status for ``code``; 400 for codes outside Bitable that nobody listed."""
    if code == 0:
        return 200
    if code in EVERYWHERE:
        return EVERYWHERE[code]
    if not rest_style:
        return 200 if code in OLD_STYLE else 400
    if code in REST_NOT_FOUND:
        return 404
    return 429 if code == 1254290 else 400
