"""The memory of public answers: bounded in time, number and bytes."""

from common.runtime.response_cache import ResponseCache


class Watch:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def kept(answers: ResponseCache, *keys: str) -> list[bool]:
    return [answers.get(key) is not None for key in keys]


def test_an_answer_ages_and_ends_with_its_lifetime() -> None:
    watch = Watch()
    answers = ResponseCache(4, clock=watch)
    answers.put("a", b"one", {"etag": '"x"'}, 15)
    watch.now += 14.9
    found = answers.get("a")
    assert found is not None
    assert (found[0].body, found[0].headers, found[1]) == (b"one", {"etag": '"x"'}, 14)
    watch.now += 0.1
    assert answers.get("a") is None


def test_the_least_recently_used_go_first() -> None:
    answers = ResponseCache(2)
    for key in "ab":
        answers.put(key, b"", {}, 60)
    assert answers.get("a") is not None
    answers.put("c", b"", {}, 60)
    assert kept(answers, "a", "b", "c") == [True, False, True]


def test_bytes_are_bounded_and_what_is_large_is_not_kept() -> None:
    answers = ResponseCache(100, most_bytes=80)
    for number in range(20):
        answers.put(f"{number}", b"x" * 10, {}, 60)
    assert sum(kept(answers, *map(str, range(20)))) == 8
    answers.put("19", b"y" * 10, {}, 60)
    assert sum(kept(answers, *map(str, range(20)))) == 8
    answers.put("large", b"x" * 11, {}, 60)
    assert kept(answers, "large") == [False]
    answers.clear()
    for number in range(20):
        answers.put(f"{number}", b"x" * 10, {}, 60)
    assert sum(kept(answers, *map(str, range(20)))) == 8


def test_without_room_nothing_is_kept() -> None:
    answers = ResponseCache(0)
    answers.put("a", b"", {}, 60)
    assert kept(answers, "a") == [False]
