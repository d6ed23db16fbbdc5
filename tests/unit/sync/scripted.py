"""A network whose answers a test gives."""

from collections.abc import Callable

from sync.wire import FeedPage, PushAnswer, PushRequest
from tests.fakes.central import FakeGateway


class Scripted(FakeGateway):
    """Answers by functions of a test where it gives some."""

    on_push: Callable[[PushRequest], PushAnswer] | None = None
    on_feed: Callable[[str], FeedPage] | None = None

    def push(self, request: PushRequest) -> PushAnswer:
        return self.on_push(request) if self.on_push else super().push(request)

    def feed(self, cursor: str) -> FeedPage:
        return self.on_feed(cursor) if self.on_feed else super().feed(cursor)
