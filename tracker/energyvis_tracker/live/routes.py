"""What the live server answers: who may ask, for what, and about which run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from energyvis_tracker.live.access import bearer_token, is_own_host, is_own_origin, opened_feeds
from energyvis_tracker.live.feed import PAUSE, RESUME, STOP, LiveFeed
from energyvis_tracker.live.http_answer import Answer, Headers, json_answer, refusal
from energyvis_tracker.live.http_request import RefusedRequest, Request
from energyvis_tracker.live.open_metrics import CONTENT_TYPE, open_metrics
from energyvis_tracker.live.page import PAGE, PAGE_POLICY
from energyvis_tracker.live.profile import profile_pieces

API = "/api/v1/"
ACTIONS = {API + action: action for action in (PAUSE, RESUME, STOP)}
# These tell how things stand now, so a summary that is old is waited for.
FRESH = {API + "profile", "/metrics"}
EVENT_STREAM = "text/event-stream; charset=utf-8"


class Routes:
    """Answers requests about the feeds that there are.

    Parameters
    ----------
    address
        The address that is served.
    origins
        Origins of the foreign pages that may ask.
    feeds
        Returns the feeds, oldest first.
    wake
        Is called when a session should look at its feed.
    """

    def __init__(
        self,
        address: str,
        origins: Sequence[str],
        feeds: Callable[[], Sequence[LiveFeed]],
        wake: Callable[[], None],
    ) -> None:
        self.address = address
        self.origins = origins
        self.feeds = feeds
        self.wake = wake
        self.readers: Mapping[str, Callable[[Request, list[LiveFeed]], Answer]] = {
            "/": page,
            "/metrics": metrics,
            API + "run": run,
            API + "profile": profile,
            API + "events": events,
        }

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request; refusals are answers too."""
        headers: Headers = ()
        try:
            self.check_host(request)
            headers = self.origin_headers(request)
            answer = self.checked_answer(request)
        except RefusedRequest as error:
            answer = refusal(error)
        except Exception:  # noqa: BLE001 - no trace of ours goes to a client
            answer = refusal(RefusedRequest(500, "This could not be answered. Please report it."))
        if answer.status == 401:  # noqa: PLR2004 - RFC 9110 wants the scheme named with this status
            headers += (("WWW-Authenticate", "Bearer"),)
        return replace(answer, headers=answer.headers + headers)

    def checked_answer(self, request: Request) -> Answer:
        """Return the answer to a request from a page and to a host that are allowed.

        Raises
        ------
        RefusedRequest
            If there is nothing of that name, or the token does not open it.
        """
        is_action = request.path in ACTIONS
        if not is_action and request.path not in self.readers:
            raise RefusedRequest(
                404, "There is nothing here. The live URL's paths stand in its documentation."
            )
        allowed = ("POST",) if is_action else ("GET", "HEAD")
        if is_preflight(request):
            return preflight()
        if request.method not in allowed:
            error = RefusedRequest(405, f"This path takes {' and '.join(allowed)}.")
            return refusal(error, (("Allow", ", ".join(allowed)),))
        if is_action:
            return self.act(request)
        return self.readers[request.path](request, self.opened(request))

    def check_host(self, request: Request) -> None:
        """Raise RefusedRequest for a `Host` that is missing or not ours."""
        if "host" not in request.headers:
            raise RefusedRequest(400, "A request needs the header Host.")
        if not is_own_host(request.headers["host"], self.address):
            raise RefusedRequest(421, "This server does not go by that host name.")

    def origin_headers(self, request: Request) -> Headers:
        """Return the headers that let a foreign page of the settings read the answer.

        Raises
        ------
        RefusedRequest
            If the page is neither ours nor named in the settings.
        """
        origin = request.headers.get("origin")
        if origin is None:
            return (("Vary", "Origin"),) if self.origins else ()
        if not is_own_origin(origin, request.headers["host"], self.origins):
            raise RefusedRequest(403, "Pages of that origin may not ask; see ENERGYVIS_LIVE_ORIGINS.")
        if origin.lower() not in self.origins:
            return ()
        return (("Access-Control-Allow-Origin", origin.lower()), ("Vary", "Origin"))

    def opened(self, request: Request, *, only_header: bool = False) -> list[LiveFeed]:
        """Return the feeds that the request's token opens, at least one, the newest last.

        Raises
        ------
        RefusedRequest
            If there is no token or it opens nothing.
        """
        token = bearer_token(request.headers)
        if token is None:
            if only_header:
                raise RefusedRequest(401, "This needs the token in the header Authorization: Bearer TOKEN.")
            token = request.query.get("token", "")
        feeds = opened_feeds(token, self.feeds()) if token else []
        if not feeds:
            raise RefusedRequest(401, "The token is missing or opens no run that is going on here.")
        return feeds

    def act(self, request: Request) -> Answer:
        """Queue pause, resume or stop for the session."""
        feed = chosen(request, self.opened(request, only_header=True))
        if feed.closed.is_set():
            raise RefusedRequest(409, "The run has ended.")
        if feed.refusal is not None:
            raise RefusedRequest(409, feed.refusal)
        action = ACTIONS[request.path]
        if not feed.request(action):
            raise RefusedRequest(503, "Too many requests wait for the run already. Try again later.")
        self.wake()
        return json_answer(202, {"requested": action, "run_id": feed.run_id})

    def stale_feeds(self, request: Request, now_ns: int) -> list[LiveFeed]:
        """Return the feeds whose summaries should be renewed before this request is answered."""
        if request.path not in FRESH or request.method not in {"GET", "HEAD"}:
            return []
        try:
            self.check_host(request)
            self.origin_headers(request)
            feeds = self.opened(request)
            asked = feeds if request.path == "/metrics" else [chosen(request, feeds)]
        except RefusedRequest:
            return []
        return [feed for feed in asked if feed.is_stale(now_ns)]


def chosen(request: Request, feeds: list[LiveFeed]) -> LiveFeed:
    """Return the feed of the run that the query names, else the newest.

    Raises
    ------
    RefusedRequest
        If the token opens no such run.
    """
    run_id = request.query.get("run")
    if not run_id:
        return feeds[-1]
    for feed in feeds:
        if feed.run_id == run_id:
            return feed
    raise RefusedRequest(404, "That run is not going on here, or the token does not open it.")


def is_preflight(request: Request) -> bool:
    """Say whether a browser asks whether a foreign page may ask."""
    return (
        request.method == "OPTIONS"
        and "origin" in request.headers
        and "access-control-request-method" in request.headers
    )


def preflight() -> Answer:
    """Return what a foreign page of the settings may do; its origin has been checked."""
    return Answer(
        204,
        headers=(
            ("Access-Control-Allow-Methods", "GET, HEAD, POST"),
            ("Access-Control-Allow-Headers", "Authorization, Last-Event-ID"),
            ("Access-Control-Max-Age", "600"),
        ),
    )


def page(request: Request, feeds: list[LiveFeed]) -> Answer:
    """Return the page that people see; it holds nothing of the run, its script asks for that."""
    chosen(request, feeds)
    return Answer(200, "text/html; charset=utf-8", PAGE, (("Content-Security-Policy", PAGE_POLICY),))


def metrics(_: Request, feeds: list[LiveFeed]) -> Answer:
    """Return the figures of all runs that the token opens."""
    return Answer(200, CONTENT_TYPE, b"".join(open_metrics(feeds)))


def run(request: Request, feeds: list[LiveFeed]) -> Answer:
    """Return the run's facts."""
    return json_answer(200, chosen(request, feeds).facts)


def profile(request: Request, feeds: list[LiveFeed]) -> Answer:
    """Return the profile so far."""
    return Answer(200, body=profile_pieces(chosen(request, feeds)))


def events(request: Request, feeds: list[LiveFeed]) -> Answer:
    """Return the beginning of an event stream; the connection goes on with it."""
    feed = chosen(request, feeds)
    return Answer(200, EVENT_STREAM, (), stream=(feed, request.headers.get("last-event-id", "")))
