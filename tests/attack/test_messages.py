"""Messages that no browser sends: the session survives or is hung up on, the server and all others go on."""

import asyncio

import pytest

from tests.attack.websockets import MALFORMED, Page, changed, message, models_of, patch, wrong_changes
from tests.server.conftest import Served, is_listening

WRONG_CHANGES = 300
FLOOD = 4000
LONGEST_S = 30.0


async def opened(served: Served, view: str) -> Page:
    """A page of a session of its own."""
    page = Page(served, await asyncio.to_thread(served.token, f"/app?view={view}"))
    await page.open()
    return page


def test_malformed_messages_end_their_own_connection_at_most(attacked: Served) -> None:
    async def use() -> None:
        bystander, page = await opened(attacked, "totals"), await opened(attacked, "totals")
        before = await bystander.document()
        for name, frames in MALFORMED.items():
            async with asyncio.timeout(LONGEST_S):
                if not await page.send(frames) or await page.document() is None:
                    await page.close()
                    page = await opened(attacked, "totals")
                    assert await page.document() is not None, name
        after = await bystander.document()
        assert before is not None
        assert after is not None
        assert [model for model, _ in models_of(after)] == [model for model, _ in models_of(before)]
        await page.close()
        await bystander.close()

    asyncio.run(use())
    assert attacked.process.poll() is None


def test_values_of_wrong_types_leave_the_page_usable(attacked: Served) -> None:
    async def use(view: str) -> None:
        page = await opened(attacked, view)
        document = await page.document()
        assert document is not None
        for frames in wrong_changes(document, WRONG_CHANGES, view):
            assert await page.send(frames)
        async with asyncio.timeout(3 * LONGEST_S):
            assert await page.document() is not None
        await page.close()

    for view in ("runs", "hardware", "energy-histogram"):
        asyncio.run(use(view))
    assert is_listening(attacked)


def test_no_session_reaches_the_models_of_another(attacked: Served) -> None:
    async def use() -> None:
        victim, attacker = await opened(attacked, "totals"), await opened(attacked, "totals")
        before, own = await victim.document(), await attacker.document()
        assert before is not None
        assert own is not None
        theirs = dict(models_of(before))
        foreign = [model_id for model_id in theirs if model_id not in dict(models_of(own))]
        assert foreign
        for model_id in foreign:
            for attribute in list(theirs[model_id])[:3]:
                await attacker.send(patch(changed(model_id, attribute, "taken over")))
        await attacker.document()
        assert await victim.document() == before
        await attacker.close()
        await victim.close()

    asyncio.run(use())


def test_a_flood_of_messages_delays_the_others_and_no_more(attacked: Served) -> None:
    async def use() -> None:
        bystander, page = await opened(attacked, "totals"), await opened(attacked, "totals")
        frames = message("PATCH-DOC", {"events": [{"kind": "TitleChanged", "title": "x" * 1000}]})

        async def flood() -> None:
            for _ in range(FLOOD):
                if not await page.send(frames):
                    return

        flooding = asyncio.create_task(flood())
        async with asyncio.timeout(LONGEST_S):
            assert (await asyncio.to_thread(attacked.get, "/health")).status == 200
            assert await bystander.document() is not None
        await flooding
        await page.close()
        await bystander.close()

    asyncio.run(use())


def test_a_token_that_is_none_opens_no_session(attacked: Served) -> None:
    async def use() -> None:
        good = await asyncio.to_thread(attacked.token)
        for token in (
            "",
            "x",
            "null",
            good[:-4] + "AAAA" if len(good) > 4 else "y",
            "../../x",
            "%00",
            "{}" * 3000,
        ):
            page = Page(attacked, token)
            try:
                async with asyncio.timeout(LONGEST_S):
                    await page.open()
            except TimeoutError:
                raise
            except (OSError, ValueError):
                continue
            await page.close()
            pytest.fail(f"{token[:20]!r} opened a session")

    asyncio.run(use())
    assert is_listening(attacked)
