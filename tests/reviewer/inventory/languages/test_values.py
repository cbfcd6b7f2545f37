from checks.model import Scope
from reviewer.inventory.languages.values import ALTERNATIVES, ELEMENTS, OUTLINE_LENGTH, UNKNOWN, ObjectKind, Value, reading

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


def test_the_elements_of_a_list_in_a_list_are_its_own() -> None:
    words = Value.listed([Value.literal("git"), Value.parameter("rest")])
    bound = words.bound({"rest": Value.listed([Value.literal("push"), Value.chosen(Scope.ARGUMENT)])})
    assert [item.text for item in bound.items or ()] == ["git", "push", None]
    assert bound.scope is Scope.ARGUMENT


def test_the_end_of_a_long_list_is_one_element_that_says_who_chooses() -> None:
    long = Value.listed([*[Value.literal("a")] * ELEMENTS, Value.chosen(Scope.ARGUMENT)])
    assert len(long.items or ()) == ELEMENTS
    assert (long.items or ())[-1].scope is Scope.ARGUMENT
    assert Value.listed([long, long]).items is not None


def test_lists_that_begin_alike_stay_known_as_far_as_they_agree() -> None:
    short = Value.listed([Value.literal("git"), Value.literal("log")])
    grown = Value.listed([Value.literal("git"), Value.literal("show"), Value.chosen(Scope.ARGUMENT)])
    both = short.join(grown)
    assert [item.texts for item in both.items or ()] == [("git",), ("log", "show"), ()]
    assert short.join(Value.listed([Value.literal("rm")])).items is None


def test_pieces_of_a_list_are_known_when_the_list_is() -> None:
    words = Value.parameter("words")
    given = {"words": Value.listed([Value.literal("git"), Value.literal("push"), Value.chosen(Scope.ARGUMENT)])}
    assert words.piece(0).bound(given).text == "git"
    assert [item.text for item in words.piece(1, rest=True).bound(given).items or ()] == ["push", None]
    assert words.piece(1, rest=True).piece(0).bound(given).text == "push"
    assert words.piece(7).bound(given).scope is Scope.ARGUMENT
    assert words.piece(0).bound({"words": Value.chosen(Scope.CONFIGURATION)}).scope is Scope.CONFIGURATION
    assert words.piece(0).bound({"words": Value.parameter("outer")}).bound({"outer": given["words"]}).text == "git"


def test_a_list_in_a_text_has_blanks_between_its_elements() -> None:
    text = Value.literal("git ").followed_by(Value.parameter("words"))
    assert text.bound({"words": Value.listed([Value.literal("push"), Value.literal("x")])}).outlines == ("git push x",)


def test_who_chooses_a_list_where_one_text_is_expected_is_who_chooses_its_elements() -> None:
    assert reading(ObjectKind.PATH, Value.listed([Value.chosen(Scope.ARGUMENT)])) == (Scope.ARGUMENT, ())
