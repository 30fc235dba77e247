"""One comment for each catalog, on both hosts: found again, never another's, never twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from forge.hosts import HEAD, NEWER, TOKEN, Answer, GitHubHost, served
from forge.scene import BODY, OUTDATED, STRANGER, TEXT, Scene
from reconciler.errors import ForgeError, UsageError
from reconciler.gateway.forge.github import GitHub, PullRequest
from reconciler.gateway.forge.sticky import LONGEST, Done, put


def test_it_is_posted_once_and_then_changed_in_place(scene: Scene) -> None:
    scene.host.say(STRANGER[scene.name], "Looks good.")
    assert Done.POSTED is scene.put()
    assert ["Looks good.", BODY] == scene.host.bodies
    assert Done.UNCHANGED is scene.put()
    assert 1 == len(scene.host.writes)
    assert Done.CHANGED is scene.put("**Something changes.**")
    assert ["Looks good.", BODY.replace("Nothing", "Something")] == scene.host.bodies


def test_line_ends_that_the_host_changed_are_no_change(scene: Scene) -> None:
    scene.put()
    scene.host.comments[0]["body"] = BODY.replace("\n", "\r\n").strip()
    assert Done.UNCHANGED is scene.put()


def test_each_catalog_and_each_label_has_its_own(scene: Scene) -> None:
    scene.put()
    assert Done.POSTED is scene.put(label="live")
    put(scene.discussion(), TEXT, catalog="other", label=None, commit=HEAD)
    first = [body.split("\n")[0] for body in scene.host.bodies]
    assert [
        "<!-- reconciler:acme -->",
        "<!-- reconciler:acme:live -->",
        "<!-- reconciler:other -->",
    ] == first
    assert Done.UNCHANGED is scene.put(label="live")


def test_a_stranger_s_marker_is_left_alone_and_hides_nothing(scene: Scene) -> None:
    scene.host.say(STRANGER[scene.name], BODY)
    assert Done.POSTED is scene.put()
    assert Done.UNCHANGED is scene.put()
    assert [BODY, BODY] == scene.host.bodies


def test_a_marker_that_our_own_comment_quotes_is_none(scene: Scene) -> None:
    quoted = f"Somebody wrote:\n{BODY}"
    scene.host.say(scene.host.me, quoted)
    assert Done.POSTED is scene.put()
    assert [quoted, BODY] == scene.host.bodies


def test_it_is_found_behind_many_others(scene: Scene) -> None:
    for number in range(250):
        scene.host.say(STRANGER[scene.name], f"Comment {number}")
    scene.put()
    assert Done.UNCHANGED is scene.put()
    assert 251 == len(scene.host.bodies)


def test_the_oldest_of_two_is_kept_and_the_other_left(scene: Scene) -> None:
    scene.host.say(scene.host.me, BODY)
    scene.host.say(scene.host.me, BODY)
    assert Done.CHANGED is scene.put("New.")
    assert [BODY.replace("**Nothing changes.**", "New."), BODY] == scene.host.bodies


def test_an_outdated_plan_says_so(scene: Scene) -> None:
    scene.host.head = NEWER
    result = put(scene.discussion(), TEXT, catalog="acme", label=None, commit=HEAD)
    assert (Done.POSTED, True) == (result.done, result.outdated)
    assert [OUTDATED] == scene.host.bodies


def test_an_outdated_plan_does_not_take_the_place_of_the_newest(scene: Scene) -> None:
    scene.host.head = NEWER
    scene.put(commit=NEWER)
    before = list(scene.host.bodies)
    assert Done.LEFT is scene.put("An older plan.")
    assert before == scene.host.bodies


def test_where_it_is_is_told(scene: Scene) -> None:
    result = put(scene.discussion(), TEXT, catalog="acme", label=None, commit=HEAD)
    urls = {
        "github": "https://github.com/acme/shop/pull/7#issuecomment-1",
        "gitlab": "https://gitlab.com/acme/shop/-/merge_requests/7#note_1",
    }
    assert urls[scene.name] == result.url


@pytest.mark.parametrize("status", [500, 502, 429, 0])
def test_what_passes_is_asked_again(scene: Scene, status: int) -> None:
    failing = iter([True, True])
    scene.host.faults = [lambda _: Answer(status, {}) if next(failing, False) else None]
    assert Done.POSTED is scene.put()
    assert [1.0, 2.0] == scene.waited
    assert [BODY] == scene.host.bodies


def test_as_long_is_waited_as_the_host_asks(scene: Scene) -> None:
    answers = iter([Answer(429, {}, {"Retry-After": "30"})])
    scene.host.faults = [lambda _: next(answers, None)]
    assert Done.POSTED is scene.put()
    assert [30.0] == scene.waited


def test_a_wait_beyond_a_minute_ends_it(scene: Scene) -> None:
    scene.host.faults = [lambda _: Answer(429, {"message": "Slow down"}, {"Retry-After": "3000"})]
    with pytest.raises(
        ForgeError, match=r"answered 429: \"Slow down\".\n  Its rate limit is used up"
    ):
        scene.put()
    assert [] == scene.waited


@pytest.mark.parametrize("status", [500, 0])
@pytest.mark.parametrize("after", [True, False])
def test_a_post_without_an_answer_makes_no_second_comment(
    scene: Scene, status: int, after: bool
) -> None:
    failing = iter([Answer(status, {})])
    scene.host.after = after
    scene.host.faults = [lambda asked: next(failing, None) if asked.method == "POST" else None]
    assert (Done.UNCHANGED if after else Done.POSTED) is scene.put()
    assert [BODY] == scene.host.bodies


def test_after_some_tries_it_ends(scene: Scene) -> None:
    scene.host.faults = [lambda _: Answer(503, {})]
    with pytest.raises(ForgeError, match="answered 503"):
        scene.put()
    assert [1.0, 2.0, 4.0] == scene.waited


def test_a_change_that_fails_is_tried_as_often(scene: Scene) -> None:
    scene.put()
    scene.host.faults = [lambda asked: Answer(503, {}) if asked.method != "GET" else None]
    with pytest.raises(ForgeError, match="answered 503"):
        scene.put("New.")
    assert 5 == len(scene.host.writes)


def test_the_token_is_wrong(scene: Scene) -> None:
    with pytest.raises(ForgeError) as error:
        put(scene.discussion("another"), TEXT, catalog="acme", label=None, commit=HEAD)
    assert str(error.value).splitlines()[0].endswith('answered 401: "Bad credentials".')
    assert "The token is wrong" in str(error.value)


def test_a_permission_is_missing(scene: Scene) -> None:
    scene.host.faults = [
        lambda asked: (
            Answer(403, {"message": "Resource not accessible by integration"})
            if asked.method == "POST"
            else None
        )
    ]
    with pytest.raises(ForgeError) as error:
        scene.put()
    mend = {
        "github": "permissions: pull-requests: write",
        "gitlab": "the scope api and the role Developer",
    }
    assert mend[scene.name] in str(error.value)
    assert 1 == len(scene.host.writes)


def test_the_token_goes_to_no_other_host(scene: Scene) -> None:
    with served(GitHubHost()) as elsewhere:
        scene.host.faults = [lambda asked: Answer(302, {}, {"Location": elsewhere + asked.path})]
        with pytest.raises(ForgeError, match="a redirect, which is not followed"):
            scene.put()
    assert 1 == len(scene.host.asked)


def test_the_token_is_in_no_message(scene: Scene) -> None:
    echo = f"bad token Bearer {TOKEN} of sk_live_abcdef"
    scene.host.faults = [lambda _: Answer(403, {"message": echo})]
    with pytest.raises(ForgeError) as error:
        scene.put()
    assert TOKEN not in str(error.value)
    assert "sk_live_abcdef" not in str(error.value)
    assert '"bad token Bearer … of sk_live_…"' in str(error.value)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"null", b'{"sha": 3}', b"\xff"])
def test_an_answer_that_is_none_is_told(scene: Scene, body: bytes) -> None:
    scene.host.faults = [lambda _: Answer(200, body)]
    with pytest.raises(ForgeError):
        scene.put()
    assert [] == scene.host.writes


def test_the_longest_comment_fits_and_a_longer_one_is_refused(scene: Scene) -> None:
    bare = len(BODY) - len(TEXT) + 1
    scene.put("x" * (LONGEST - bare))
    assert [LONGEST] == [len(body) for body in scene.host.bodies]
    with pytest.raises(UsageError, match="more than 65,536 characters"):
        scene.put("x" * (LONGEST - bare + 1))
    with pytest.raises(UsageError, match="more than 65,536 characters"):
        scene.put("😀" * (LONGEST // 2))


@pytest.mark.parametrize("label", ["", "a b", "-->", "x" * 81, "-x", "a\nb"])
def test_a_label_that_could_be_more_than_a_name_is_refused(scene: Scene, label: str) -> None:
    with pytest.raises(UsageError, match="cannot name a comment"):
        scene.put(label=label)


@pytest.mark.parametrize("commit", ["", "main", "a" * 6, "a" * 65, "`", "A" * 40])
def test_what_is_no_commit_is_refused(scene: Scene, commit: str) -> None:
    with pytest.raises(UsageError, match="is no commit"):
        scene.put(commit=commit)
    assert [] == scene.host.writes


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("http://git.example.com", "unencrypted"),
        ("https://user:secret@git.example.com", "a name or a password"),
        ("ftp://git.example.com", "not the address"),
        ("https://", "not the address"),
        ("https://git.example.com/?a=b", "not the address"),
        ("https://[", "not the address"),
    ],
)
def test_an_address_that_no_token_goes_to(base: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        GitHub(base, TOKEN, "acme/shop")


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "é"])
def test_a_token_that_is_none(token: str) -> None:
    with pytest.raises(UsageError, match="The token for comments"):
        GitHub("https://api.github.com", token, "acme/shop")


@pytest.mark.parametrize("repository", ["acme", "acme/shop/x", "acme/../x", "a b/c", "acme/sh?op"])
def test_a_repository_that_is_none(repository: str) -> None:
    with pytest.raises(UsageError, match="is no repository"):
        GitHub("https://api.github.com", TOKEN, repository)


class TestOnGitHub:
    @pytest.fixture
    def host(self) -> Iterator[GitHubHost]:
        host = GitHubHost()
        with served(host):
            yield host

    def put(self, host: GitHubHost, author: str | None = None) -> Done:
        repository = GitHub(host.url, TOKEN, "acme/shop", author=author, sleep=lambda _: None)
        pull = PullRequest(repository, 7)
        return put(pull, TEXT, catalog="acme", label=None, commit=HEAD).done

    def test_a_token_of_a_person_says_whose_it_is(self, host: GitHubHost) -> None:
        host.me = "ada"
        host.say("github-actions[bot]", BODY, kind="Bot")
        assert [Done.POSTED, Done.UNCHANGED] == [self.put(host), self.put(host)]

    def test_a_comment_of_an_account_that_is_no_more_is_nobody_s(self, host: GitHubHost) -> None:
        host.say("ghost", BODY)
        host.comments[0]["user"] = None
        assert Done.POSTED is self.put(host)

    def test_an_app_of_one_s_own_is_named(self, host: GitHubHost) -> None:
        host.me = "acme-billing[bot]"
        with pytest.raises(
            ForgeError, match=r"Say whose the token is: --author acme-billing\[bot\]"
        ):
            self.put(host)
        assert Done.UNCHANGED is self.put(host, "acme-billing[bot]")

    def test_a_rate_limit_is_told_from_a_missing_permission(self, host: GitHubHost) -> None:
        used_up = Answer(403, {"message": "API rate limit"}, {"X-RateLimit-Remaining": "0"})
        host.faults = [lambda _: used_up]
        with pytest.raises(ForgeError, match="Its rate limit is used up"):
            self.put(host)

    def test_a_rate_limit_does_not_say_that_the_token_is_an_app_s(self, host: GitHubHost) -> None:
        host.me = "ada"
        host.say("ada", BODY)
        used_up = Answer(403, {"message": "API rate limit"}, {"X-RateLimit-Remaining": "0"})
        host.faults = [lambda asked: used_up if asked.path == "/user" else None]
        with pytest.raises(ForgeError, match=r"GET /user: .* answered 403"):
            self.put(host)
        assert [BODY] == host.bodies
