from __future__ import annotations

from checks.model import CapabilityId, Certainty, Scope, SurfaceRole, TargetKind, Trigger
from tests.reviewer.inventory.worlds import able, gates, inventory, rows, skill, surfaces, texts

BODY = """# Invoices

Read [the rules](references/rules.md) first, then run:

```bash
python scripts/total.py "$FILE"
curl https://rates.example/today
```

Templates lie in `templates/`. Nobody reads other.md.
"""


def test_a_skill_alone_is_the_whole() -> None:
    target = inventory({"SKILL.md": skill("name: invoices\ndescription: Adds up invoices.\nmetadata:\n  version: '1.2'", BODY)})
    (component,) = target.components
    assert (target.kind, target.name, target.version) == (TargetKind.SKILL, "invoices", "1.2")
    assert (component.id, component.root, component.description) == ("skill:.", "", "Adds up invoices.")


def test_body_and_description_are_surfaces_with_their_lines() -> None:
    target = inventory({"SKILL.md": skill("name: invoices\ndescription: Adds up invoices.", BODY)})
    (body,) = surfaces(target, SurfaceRole.SKILL_BODY)
    assert (body.text, body.at.line, body.owner) == (BODY, 5, "skill:.")
    description = next(surface for surface in surfaces(target, SurfaceRole.SKILL_DESCRIPTION) if surface.text.startswith("Adds"))
    assert description.at.line == 3


def test_references_are_followed_through_texts_and_folders() -> None:
    target = inventory(
        {
            "SKILL.md": skill("name: x\ndescription: y", BODY),
            "references/rules.md": "See also `deeper/more.md` and [up](../SKILL.md).",
            "references/deeper/more.md": "The end.",
            "scripts/total.py": "print(1)\n",
            "templates/a.txt": "A",
            "hidden.md": "never named",
        }
    )
    assert set(target.components[0].references) == {
        "references/rules.md",
        "references/deeper/more.md",
        "scripts/total.py",
        "templates/a.txt",
    }
    assert set(texts(target, SurfaceRole.REFERENCE)) == {"See also `deeper/more.md` and [up](../SKILL.md).", "The end.", "A"}


def test_paths_are_found_below_unknown_folders_variables_and_other_case() -> None:
    body = "Use /mnt/skills/it/forms.md, ${CLAUDE_SKILL_DIR}/scripts/a.py, {baseDir}/b.txt and README-FIRST.MD.\n"
    files = {
        "s/SKILL.md": skill("name: x\ndescription: y", body),
        "s/forms.md": "f",
        "s/scripts/a.py": "",
        "s/b.txt": "b",
        "s/readme-first.md": "r",
    }
    assert set(inventory(files).components[0].references) == {"s/forms.md", "s/scripts/a.py", "s/b.txt", "s/readme-first.md"}


def test_commands_of_fences_are_capabilities() -> None:
    target = inventory({"SKILL.md": skill("name: x\ndescription: y", BODY)})
    (out,) = able(target, CapabilityId.NET_OUT)
    assert (out.scope, out.objects, out.certainty, out.trigger) == (Scope.LITERAL, ("rates.example",), Certainty.PRESENT, Trigger.MODEL)
    assert out.evidence[0].line == 11


def test_commands_of_references_are_only_possible() -> None:
    files = {"SKILL.md": skill("name: x\ndescription: y", "See more.md\n"), "more.md": "```sh\nrm -rf build\n```\n"}
    assert [c.certainty for c in able(inventory(files), CapabilityId.FS_WRITE)] == [Certainty.POSSIBLE]


def test_output_of_a_shown_session_is_no_command() -> None:
    body = "```console\n$ ls\nrm is not run here\n```\n"
    assert not able(inventory({"SKILL.md": skill("name: x\ndescription: y", body)}), CapabilityId.FS_WRITE)


def test_allowed_tools_are_declarations_and_declared_capabilities() -> None:
    for form in ("allowed-tools: Read, Bash(git push:*) WebFetch", "allowed-tools:\n  - Read\n  - Bash(git push:*)\n  - WebFetch"):
        target = inventory({"SKILL.md": skill(f"name: x\ndescription: y\n{form}")})
        assert [d.value for d in target.declarations] == ["Read", "Bash(git push:*)", "WebFetch"]
        granted = {(c.id, c.scope): c for c in target.capabilities}
        assert granted[CapabilityId.FS_READ, Scope.ANY].declared
        assert granted[CapabilityId.PROC_EXEC, Scope.LITERAL].objects == ("git push:*",)
        assert (CapabilityId.MSG_SEND, Scope.CONFIGURATION) in granted
        assert all(c.certainty is Certainty.DECLARED for c in target.capabilities)


def test_a_declaration_covers_what_the_skill_around_it_does() -> None:
    body = "```sh\ncat notes.txt\nrm notes.txt\n```\n"
    target = inventory({"SKILL.md": skill("name: x\ndescription: y\nallowed-tools: Read", body)})
    assert [c.declared for c in able(target, CapabilityId.FS_READ)] == [True, True]
    assert [c.declared for c in able(target, CapabilityId.FS_WRITE)] == [False]


def test_a_declaration_of_one_skill_does_not_cover_another() -> None:
    body = "```sh\ncat notes.txt\n```\n"
    files = {
        "a/SKILL.md": skill("name: a\ndescription: y\nallowed-tools: Read(x)", body),
        "b/SKILL.md": skill("name: b\ndescription: y", body),
    }
    (read,) = able(inventory(files), CapabilityId.FS_READ)
    assert not read.declared


def test_a_command_that_runs_when_the_page_loads_is_an_autorun() -> None:
    target = inventory({"SKILL.md": skill("name: x\ndescription: y", "Now: !`git status`\n")})
    assert [(run.event, run.command, run.trigger) for run in target.autoruns] == [("page:load", "git status", Trigger.AUTOMATIC)]


def test_hooks_in_the_frontmatter_are_autoruns() -> None:
    hooks = "hooks:\n  PreToolUse:\n    - matcher: Bash\n      hooks:\n        - type: command\n          command: ./check.sh"
    target = inventory({"SKILL.md": skill(f"name: x\ndescription: y\n{hooks}")})
    assert [(run.event, run.matcher, run.command) for run in target.autoruns] == [("hook:PreToolUse", "Bash", "./check.sh")]


def test_several_skills_are_a_collection() -> None:
    target = inventory({f"skills/{name}/SKILL.md": skill(f"name: {name}\ndescription: y") for name in ("a", "b", "c")})
    assert target.kind is TargetKind.COLLECTION
    assert [c.id for c in target.components] == ["skill:skills/a", "skill:skills/b", "skill:skills/c"]


def test_a_single_skill_in_a_folder_gives_the_whole_its_kind() -> None:
    target = inventory({"skills/a/SKILL.md": skill("name: a\ndescription: y"), "README.md": "x"})
    assert (target.kind, target.name, target.components[0].root) == (TargetKind.SKILL, "a", "skills/a")


def test_frontmatter_that_is_no_yaml_is_noted_and_read_by_lines() -> None:
    target = inventory({"SKILL.md": skill("name: x\ndescription: do: this\nallowed-tools: Bash")})
    assert [row.gate for row in rows(target, "SKILL.md")] == [False]
    assert [d.value for d in target.declarations] == ["Bash"]


def test_frontmatter_with_a_contradiction_or_lost_hooks_is_a_gate() -> None:
    for frontmatter in ("name: x\nname: y\ndescription: z", "name: x\ndescription: a: b\nhooks:\n  Stop: []", "a: &b [c]\nd: *b"):
        target = inventory({"SKILL.md": skill(frontmatter)})
        assert gates(target) == {"SKILL.md"}
        assert texts(target, SurfaceRole.SKILL_BODY) == ["Do the work.\n"]


def test_a_page_that_is_too_long_for_commands_says_so() -> None:
    assert gates(inventory({"SKILL.md": skill("name: x\ndescription: y", "word " * 100_000)})) == {"SKILL.md"}


def test_a_skill_without_frontmatter_is_still_read() -> None:
    target = inventory({"tidy/SKILL.md": "Just do it.\n"})
    assert target.components[0].name == "tidy"
    assert texts(target, SurfaceRole.SKILL_BODY) == ["Just do it.\n"]


def test_skills_of_installed_packages_are_no_components() -> None:
    assert not inventory({"node_modules/x/SKILL.md": skill("name: x\ndescription: y")}).components
