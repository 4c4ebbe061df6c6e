"""Signing in with a name and a password."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar, Final

from panel.auth import BasicLoginHandler
from tornado.web import HTTPError

from energyvis_panel.server.sign_in_pages import SignInPages
from energyvis_panel.server.users import LONGEST_NAME

WRONG: Final = "This name and password do not belong together. Try again."
TOO_OLD: Final = "This page was too old to be used. Try again."
TOO_MANY: Final = "Too many people are signing in just now. Try again in a moment."
MOST_WAITING: Final = 20


class PasswordSignIn(SignInPages, BasicLoginHandler):
    """The form, and its check against the file of users."""

    # One at a time, so that guessing neither slows down the pages nor gets faster with more connections.
    checker: ClassVar = ThreadPoolExecutor(max_workers=1, thread_name_prefix="password")
    waiting: ClassVar[int] = 0

    def get(self) -> None:
        """Show the form; who has signed in already goes on."""
        if self.show_elsewhere():
            return
        if self.provider.user_of(self):
            self.redirect(self.next_path())
        else:
            self.ask()

    async def post(self) -> None:
        """Take name and password, and go on to the page that was asked for."""
        try:
            self.check_xsrf_cookie()
        except HTTPError:
            self.ask(TOO_OLD, 403)
            return
        if PasswordSignIn.waiting >= MOST_WAITING:
            self.ask(TOO_MANY, 503)
            return
        user = self.get_body_argument("username", "")[: LONGEST_NAME + 1]
        password = self.get_body_argument("password", "", strip=False)
        PasswordSignIn.waiting += 1
        try:
            fits = await asyncio.get_running_loop().run_in_executor(
                self.checker, self.provider.users.fits, user, password
            )
        finally:
            PasswordSignIn.waiting -= 1
        # One sentence for a wrong name, a wrong password and one who may not come in: it tells nothing.
        if not fits or not self.provider.settings.may_enter(user):
            self.ask(WRONG, 401)
            return
        self.set_current_user(user)
        self.redirect(self.next_path(), status=303)

    def ask(self, message: str = "", status: int = 200) -> None:
        """Show the form with what was wrong."""
        self.set_status(status)
        self.show(
            "sign_in.html",
            message=message,
            user=self.get_body_argument("username", "")[:LONGEST_NAME],
            token=self.xsrf_token.decode("ascii"),
        )
