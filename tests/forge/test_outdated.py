"""A comment that is no longer current says so: of an older commit, and of a renamed catalog."""

from __future__ import annotations

from forge.hosts import HEAD, MERGE, NEWER
from forge.scene import BODY, FAILED, OUTDATED, RENAMED, STRANGER, TEXT, Scene
from reconciler.gateway.forge.sticky import Done, outdate, put


class TestARenamedCatalog:
    def put(self, scene: Scene, catalog: str, commit: str, label: str | None = None) -> list[str]:
        """Return what the others that were changed say."""
        return [
            one.body
            for one in put(
                scene.discussion(), TEXT, catalog=catalog, label=label, commit=commit
            ).others
        ]

    def test_its_earlier_comment_is_outdated_once(self, scene: Scene) -> None:
        assert [] == self.put(scene, "acme", HEAD)
        scene.host.head = NEWER
        renamed = BODY.replace(HEAD, NEWER).replace("a" * 12, "b" * 12).replace("acme", "other")
        assert [RENAMED] == self.put(scene, "other", NEWER)
        assert [RENAMED, renamed] == scene.host.bodies
        writes = len(scene.host.writes)
        assert [] == self.put(scene, "other", NEWER)
        assert writes == len(scene.host.writes)

    def test_the_note_goes_when_the_name_is_back(self, scene: Scene) -> None:
        self.put(scene, "acme", HEAD)
        scene.host.head = NEWER
        self.put(scene, "other", NEWER)
        scene.host.head = MERGE
        (other,) = self.put(scene, "acme", MERGE)
        newest = BODY.replace(HEAD, MERGE).replace("a" * 12, "c" * 12)
        assert [newest, other] == scene.host.bodies
        assert "and the plan of `cccccccccccc` is one of the catalog `acme`." in other

    def test_what_was_said_before_is_replaced(self, scene: Scene) -> None:
        self.put(scene, "acme", HEAD)
        scene.host.head = NEWER
        outdate(scene.discussion(), label=None, commit=NEWER)
        assert [FAILED] == scene.host.bodies
        assert [RENAMED] == self.put(scene, "other", NEWER)

    def test_two_catalogs_of_the_newest_commit_stay(self, scene: Scene) -> None:
        self.put(scene, "acme", HEAD)
        assert [] == self.put(scene, "other", HEAD)
        assert BODY == scene.host.bodies[0]

    def test_others_stay(self, scene: Scene) -> None:
        self.put(scene, "acme", HEAD, "live")
        scene.host.say(STRANGER[scene.name], BODY)
        scene.host.say(scene.host.me, f"Quoted:\n{BODY}")
        scene.host.say(scene.host.me, "<!-- reconciler:acme -->\nNo commit here.")
        scene.host.head = NEWER
        before = list(scene.host.bodies)
        assert [] == self.put(scene, "other", NEWER)
        assert before == scene.host.bodies[:-1]

    def test_an_outdated_plan_outdates_none(self, scene: Scene) -> None:
        self.put(scene, "acme", HEAD)
        scene.host.head = MERGE
        assert [] == self.put(scene, "other", NEWER)
        assert BODY == scene.host.bodies[0]


class TestWithoutAPlan:
    def outdate(self, scene: Scene, commit: str = NEWER, label: str | None = None) -> list[str]:
        return [one.body for one in outdate(scene.discussion(), label=label, commit=commit)]

    def test_the_comment_says_so_once(self, scene: Scene) -> None:
        scene.put()
        scene.host.head = NEWER
        assert [FAILED] == self.outdate(scene) == scene.host.bodies
        assert [] == self.outdate(scene)
        assert Done.CHANGED is scene.put(commit=NEWER)
        assert [BODY.replace(HEAD, NEWER).replace("a" * 12, "b" * 12)] == scene.host.bodies

    def test_it_takes_the_place_of_what_was_said_before(self, scene: Scene) -> None:
        scene.host.head = NEWER
        scene.put()
        assert [OUTDATED] == scene.host.bodies
        assert [FAILED] == self.outdate(scene)

    def test_a_plan_of_the_newest_commit_stays(self, scene: Scene) -> None:
        scene.put()
        assert [] == self.outdate(scene, "c" * 40)
        assert [] == self.outdate(scene, HEAD)
        assert [BODY] == scene.host.bodies

    def test_others_stay(self, scene: Scene) -> None:
        scene.put(label="live")
        scene.host.say(STRANGER[scene.name], BODY)
        scene.host.say(scene.host.me, f"Quoted:\n{BODY}")
        scene.host.say(scene.host.me, "<!-- reconciler:acme -->\nNo commit here.")
        scene.host.head = NEWER
        before = list(scene.host.bodies)
        assert [] == self.outdate(scene)
        assert before == scene.host.bodies
        assert 1 == len(self.outdate(scene, label="live"))

    def test_where_there_is_none_nothing_is_written(self, scene: Scene) -> None:
        assert [] == self.outdate(scene)
        assert [] == scene.host.writes
