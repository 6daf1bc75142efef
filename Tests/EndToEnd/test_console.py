"""The console in a real browser: what people see, and whether all of them can."""

import pathlib
import shutil
import stat

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from admins import KEYS, OPEN, WITH_KEYS, address_of
from canaries import MASTER_KEY, PLANTED, master_key
from checks import assert_sent
from conftest import KEY, KEY_VARIABLE, NO_CACHE
from processes import wait_until
from upstream import agreeable, complaint

ROOT = pathlib.Path(__file__).parents[2]
SCREENSHOTS = ROOT / ".build" / "screenshots"
ACCESSIBILITY = (pathlib.Path(__file__).parent / "accessibility.js").read_text()
BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
TEXT = "سلام! فردا ساعت ۱۷ برای بازدید خوب است؟"
PAGES = ["/", "/trail", "/live", "/login"]

pytestmark = pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs Debian's chromium and chromium-driver")


@pytest.fixture(scope="module")
def browsers():
    """Starts a browser: of a width, light or dark."""
    running = {}

    def start(width=1280, dark=False):
        if (width, dark) in running:
            return running[width, dark]
        options = Options()
        options.binary_location = BROWSER
        for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", f"--window-size={width},900"]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        browser = webdriver.Chrome(options=options, service=Service(DRIVER))
        running[width, dark] = browser
        # A window can't be made as narrow as a phone; what a page sees can.
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        return browser

    yield start
    for browser in running.values():
        browser.quit()


@pytest.fixture
def browser(browsers):
    browser = browsers()
    browser.delete_all_cookies()
    errors(browser)
    return browser


@pytest.fixture
def start(start_behind, start_upstream, new_client):
    """Starts a gateway with a console: (client, its address)."""

    def run(settings=OPEN, reply=agreeable, **more):
        gateway = start_behind(start_upstream(reply), **{**NO_CACHE, **settings, **more})
        return new_client(gateway), address_of(gateway)

    return run


def keep(browser, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(SCREENSHOTS / f"{name}.png"))


def errors(browser):
    return [line for line in browser.get_log("browser") if line["level"] in ("SEVERE", "WARNING")]


def find(browser, selector):
    return browser.find_element(By.CSS_SELECTOR, selector)


def find_all(browser, selector):
    return browser.find_elements(By.CSS_SELECTOR, selector)


def wait_to_see(condition, what, seconds=10):
    """Waits for what a page shows; between two pages there is neither."""

    def seen():
        try:
            return condition()
        except (NoSuchElementException, StaleElementReferenceException):
            return None

    return wait_until(seen, what, seconds)


def sign_in(browser, url, name, page="/"):
    browser.get(url + page)
    find(browser, "#key").send_keys(KEYS[name] + Keys.ENTER)
    wait_to_see(lambda: find_all(browser, "nav a"), "the first page")


def test_a_message_is_searched_for_and_its_life_is_shown(browser, start):
    client, url = start()
    sent = [client.send_message(conversation_id=name, text="x").json()["message_id"] for name in ["c-1", "c-2", "c-3"]]
    browser.get(url)
    find(browser, "nav a[href='/trail']").click()
    find(browser, "#conversation").send_keys("c-2" + Keys.ENTER)
    wait_to_see(lambda: len(find_all(browser, "table.entries tbody tr")) == 1, "the one that was searched for")
    assert "sent" in find(browser, "table.entries tbody tr").text
    assert find(browser, "#conversation").get_property("value") == "c-2"
    keep(browser, "trail")
    find(browser, "table.entries tbody a").click()
    wait_to_see(lambda: find_all(browser, "ol.story"), "its life")
    assert find(browser, "h1").text == sent[1]
    assert [heading.text.split()[0] for heading in find_all(browser, "ol.story h3")] == ["intent", "outcome"]
    find(browser, "ol.story summary").click()
    assert "leaf" in find(browser, "ol.story details").text
    keep(browser, "message")
    assert errors(browser) == []


def test_calls_are_followed_as_they_end(browser, start):
    client, url = start(reply=lambda request: complaint(400, 3, "x") if b"bad" in request.body else agreeable(request))
    browser.get(url + "/live")
    wait_to_see(lambda: find(browser, "#live-state").text == "following", "the stream")
    message = client.send_message(conversation_id="c-1", text="good").json()["message_id"]
    client.send_message(conversation_id="c-1", text="bad")
    rows = lambda: [row.text for row in find_all(browser, "#live tbody tr") if row.is_displayed()]
    wait_to_see(lambda: len(rows()) == 2, "both calls")
    assert "not_sent" in rows()[0] and "sent" in rows()[1] and message[-12:] in rows()[1]
    find(browser, "#filter").send_keys("not_sent")
    assert len(rows()) == 1
    keep(browser, "live")
    find(browser, "#filter").send_keys(Keys.BACKSPACE * 8)
    find(browser, "#pause").click()
    client.send_message(conversation_id="c-1", text="good")
    find(browser, "#clear").click()
    assert rows() == [] and find(browser, "#pause").get_attribute("aria-pressed") == "true"
    find(browser, "#pause").click()
    client.send_message(conversation_id="c-1", text="good")
    wait_to_see(lambda: len(rows()) >= 1, "a call after the pause")
    find(browser, "#live tbody a").click()
    wait_to_see(lambda: find_all(browser, "ol.story"), "the message's page")
    assert errors(browser) == []


def test_the_overview_renews_itself(browser, start):
    app = {"keys": [{"env": KEY_VARIABLE}], "quota": {"per_minute": 60, "per_day": 100}}
    client, url = start(apps={"default": app})
    browser.get(url)
    assert "Ready" in find(browser, ".tiles").text
    assert_sent(client.send_message(conversation_id="c-1", text="x"))
    wait_to_see(lambda: "1 / 100" in find(browser, "#part").text, "the call among what is used", seconds=15)
    assert len(find_all(browser, "svg[role=img]")) == 4
    assert find(browser, "#routes + .scroll").text.count("in use") == 5
    keep(browser, "overview")
    assert KEY not in browser.page_source
    assert errors(browser) == []


def test_the_level_of_the_log_is_changed(browser, start):
    _, url = start()
    browser.get(url)
    find(browser, "#level").send_keys("error")
    find(browser, "#apply").click()
    wait_to_see(lambda: find(browser, "#level option[selected]").text == "error", "the page with the new level")
    assert errors(browser) == []


def test_light_and_dark_follow_the_system_until_somebody_says_otherwise(browsers, start):
    _, url = start()
    backgrounds = {}
    for dark in [False, True]:
        browser = browsers(dark=dark)
        browser.get(url)
        color = lambda: browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        backgrounds[dark] = color()
        keep(browser, "overview-dark" if dark else "overview-light")
        find(browser, "#theme").click()
        changed = color()
        assert changed != backgrounds[dark]
        browser.get(url + "/trail")
        assert color() == changed
        browser.execute_script("localStorage.clear()")
    assert backgrounds[False] != backgrounds[True]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_everybody_can_use_every_page(width, dark, browsers, start):
    client, url = start(callers={}, apps={"default": {"keys": [{"env": KEY_VARIABLE}], "quota": {"per_day": 1000}}})
    message = client.send_message(conversation_id="c-" + "long" * 15, text="x").json()["message_id"]
    client.send_message(text="")
    browser = browsers(width, dark)
    for page in [*PAGES, f"/messages/{message}", "/records/1", "/trail?outcome=perhaps", "/messages/" + message[:-1] + "0"]:
        browser.get(url + page)
        assert browser.execute_script(ACCESSIBILITY) == [], page
        keep(browser, f"{(page.split('/')[1] or 'overview').split('?')[0]}-{width}-{'dark' if dark else 'light'}")
    # The last one is not there, which the browser tells as an error.
    assert [line for line in errors(browser) if "status of 40" not in line["message"]] == []


def test_the_checks_find_what_keeps_people_out(browser):
    browser.get("data:text/html,<h1>a</h1><h3>b</h3><img src=x><input><p style='color:%23999'>c</p><button style='height:9px'>d</button>"
                "<div style='width:3000px'>e</div><table><th>f</th></table>")
    found = {finding.split(":")[0].split(",")[0] for finding in browser.execute_script(ACCESSIBILITY)}
    assert found == {
        "a page has a language", "a page has a title", "a page has one main part", "a picture has words",
        "what can be used has a name", "a heading of a table says of what", "headings leave out no level",
        "text stands out", "what is aimed at is large enough", "a page is no wider than the window",
    }


def test_all_can_be_done_by_keyboard(browser, start):
    client, url = start()
    client.send_message(conversation_id="c-1", text="x")
    browser.get(url + "/trail")
    names = []
    for _ in range(40):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focused = browser.switch_to.active_element
        names.append(focused.get_attribute("id") or focused.get_attribute("href") or focused.text)
        outline = focused.value_of_css_property("outline-style")
        assert outline != "none", f"nobody sees that {names[-1]} has the focus"
        if "/messages/" in names[-1]:
            break
    assert names[0].endswith("#main") and "conversation" in names and "kind" in names
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait_to_see(lambda: find_all(browser, "ol.story"), "the message's page")


def test_a_text_is_shown_the_right_way_round_and_the_look_recorded(browser, start, tmp_path):
    path = tmp_path / "master.key"
    path.write_text(PLANTED.plant(MASTER_KEY, master_key()) + "\n")
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    PLANTED.may_be_in(path)
    client, url = start(WITH_KEYS, audit={"content": "encrypted", "master_keys": [{"file": str(path)}]})
    sent = client.send_message({"conversation_id": "c-1", "text": TEXT, "buttons": [[{"caption": "بله", "open_url": "https://a.ir"}]]})
    message = sent.json()["message_id"]
    sign_in(browser, url, "reader", f"/messages/{message}")
    assert find(browser, "h1").text == message
    assert TEXT not in browser.page_source and not find_all(browser, "form[action$='/text']")
    find(browser, "form[action='/logout'] button").click()
    wait_to_see(lambda: find_all(browser, "#key"), "the login page")
    sign_in(browser, url, "anna", f"/messages/{message}")
    assert TEXT not in browser.page_source
    find(browser, "form[action$='/text'] button").click()
    wait_to_see(lambda: find_all(browser, "blockquote"), "the text")
    quote = find(browser, "blockquote")
    assert quote.text == TEXT and quote.value_of_css_property("direction") == "rtl"
    keep(browser, "text")
    browser.get(f"{url}/messages/{message}")
    assert find_all(browser, "ol.story h3")[-1].text.startswith("look")
    assert "anna" in find_all(browser, "ol.story li")[-1].text
    assert errors(browser) == []


def test_who_has_no_key_is_asked_for_one(browser, start):
    _, url = start(WITH_KEYS)
    browser.get(url + "/trail?caller=billing")
    find(browser, "#key").send_keys("dgw_wrong" + Keys.ENTER)
    wait_to_see(lambda: find_all(browser, "[role=alert]"), "the refusal")
    find(browser, "#key").send_keys(KEYS["reader"] + Keys.ENTER)
    wait_to_see(lambda: find_all(browser, "#caller"), "the page that was asked for")
    assert find(browser, "#caller").get_property("value") == "billing"
    assert KEYS["reader"] not in browser.page_source and "local" not in find(browser, ".who").text
    find(browser, "form[action='/logout'] button").click()
    wait_to_see(lambda: find_all(browser, "#key"), "the login page")


def test_nothing_of_a_message_becomes_part_of_a_page(browser, start):
    hostile = "<img src=x onerror=\"document.title='taken'\">\"\u0301 onfocus='x"
    client, url = start(reply=lambda request: complaint(400, 3, hostile))
    message = client.send_message(conversation_id="c-1", text=hostile).json()["message_id"]
    query = "".join(f"%{byte:02X}" for byte in hostile.encode())
    for page in ["/trail", f"/messages/{message}", f"/trail?conversation={query}", f"/trail?kind={query}"]:
        browser.get(url + page)
        assert "taken" not in browser.title and not find_all(browser, "img[src=x]")
