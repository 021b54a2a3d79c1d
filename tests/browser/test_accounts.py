"""账户页面: a passkey under the strict content security policy; accessible and narrow enough."""

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from kechuang.core.parties.models import User
from tests.browser.conftest import Faults, Open
from tests.city import PASSWORD, City

pytestmark = pytest.mark.browser
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def log_in(page: Page, user: User) -> None:
    page.goto("/accounts/login/")
    page.fill("#id_login", user.email)
    page.fill("#id_password", PASSWORD)
    page.click("main button:has-text('登录') >> nth=0")
    expect(page.locator(".kc-user")).to_contain_text(str(user))


def test_a_passkey_is_added_and_opens_the_door(open_page: Open, live_city: City) -> None:
    user = live_city.engineer
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    page = open_page("/healthz")
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    log_in(page, user)
    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    expect(page.locator("#messages")).to_contain_text("安全密钥")
    page.goto("/accounts/logout/")
    page.click("main button[type=submit]")
    page.goto("/accounts/login/?next=/my/profile/")
    page.click("#passkey_login")
    expect(page.locator("h1")).to_have_text("个人资料")
    expect(page.locator(".kc-user")).to_contain_text(str(user))


def test_account_pages_are_accessible_and_fit(open_page: Open, faults: Faults, live_city: City) -> None:
    company = live_city.company
    paths = [
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/logout/",
        "/accounts/reauthenticate/",
        f"/my/organisations/find/?uscc={company.uscc}",
        "/my/organisations/find/?uscc=91350100M0001TGQXM",
        f"/my/organisations/{company.pk}/people/",
    ]
    found: dict[str, object] = {}
    for user, visited in ((live_city.engineer, paths), (None, ["/accounts/password/reset/"])):
        page = open_page("/healthz", user=user)
        for path in visited:
            page.goto(path)
            found |= faults(page, path)
    assert found == {}
