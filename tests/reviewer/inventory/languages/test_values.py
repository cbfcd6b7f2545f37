from checks.model import Scope
from reviewer.inventory.languages.values import ALTERNATIVES, OUTLINE_LENGTH, UNKNOWN, Value

HOME = Value.chosen(Scope.CONFIGURATION)


def test_what_follows_on_an_unknown_folder_is_still_known() -> None:
    path = HOME.followed_by(Value.literal("/.ssh")).followed_by(Value.literal("/id_rsa"))
    assert path.paths == ("/.ssh/id_rsa",)
    assert path.scope is Scope.CONFIGURATION


def test_a_parameter_in_the_middle_is_filled_in() -> None:
    path = HOME.followed_by(Value.parameter("folder")).followed_by(Value.literal("/id_rsa"))
    assert path.bound({"folder": Value.literal("/.ssh", "/keys")}).paths == ("/.ssh/id_rsa", "/keys/id_rsa")
    assert path.bound({}).paths == ("/id_rsa",)


def test_either_of_two_paths_is_known() -> None:
    either = HOME.followed_by(Value.literal("/a")).join(HOME.followed_by(Value.literal("/b")))
    assert either.paths == ("/a", "/b")


def test_pieces_that_a_function_puts_together_stand_apart() -> None:
    assert HOME.followed_by(Value.literal(".ssh").faded).followed_by(Value.literal("id_rsa").faded).paths == ("/.ssh/id_rsa",)


def test_what_is_only_made_from_a_text_keeps_nothing_of_it() -> None:
    assert HOME.followed_by(Value.literal("/.ssh")).blurred.paths == ()
    assert UNKNOWN.paths == ()


def test_outlines_stay_few_and_short() -> None:
    value = HOME
    for _ in range(30):
        value = value.followed_by(Value.literal("x" * 400).join(Value.literal("y" * 400)))
    assert len(value.outlines) <= ALTERNATIVES
    assert all(len(outline) <= OUTLINE_LENGTH for outline in value.outlines)
