"""What paths mean beyond being read or written, wherever the folder before them comes from."""

from __future__ import annotations

import importlib

import pytest

from checks.model import CapabilityId, Location, Scope
from reviewer.inventory.languages.apis import Use
from reviewer.inventory.languages.values import ObjectKind, Value

AT = Location(path="a", line=1)
HOME = Value.chosen(Scope.CONFIGURATION)


def means(path: Value, capability: CapabilityId = CapabilityId.FS_READ) -> set[str]:
    use = Use(capability=capability, kind=ObjectKind.PATH, at=AT, value=path)
    return {str(found) for found, _, _ in use.beyond({})}


@pytest.mark.parametrize(
    "path",
    [
        ".ssh/id_ed25519",
        ".aws/credentials",
        ".aws/sso/cache/x.json",
        ".kube/config",
        ".docker/config.json",
        ".config/containers/auth.json",
        ".netrc",
        ".config/gh/hosts.yml",
        "AppData/Roaming/GitHub CLI/hosts.yml",
        ".config/glab-cli/config.yml",
        ".config/op/config",
        ".vault-token",
        ".cargo/credentials.toml",
        ".gem/credentials",
        ".nuget/NuGet/NuGet.Config",
        ".m2/settings.xml",
        ".gradle/gradle.properties",
        ".pgpass",
        ".config/rclone/rclone.conf",
        ".s3cfg",
        ".databrickscfg",
        ".snowflake/connections.toml",
        ".snowsql/config",
        ".config/configstore/firebase-tools.json",
        ".config/stripe/config.toml",
        ".config/ngrok/ngrok.yml",
        ".terraform.d/credentials.tfrc.json",
        ".pulumi/credentials.json",
        ".config/gcloud/application_default_credentials.json",
        "gcloud/application_default_credentials.json",
        ".fly/config.yml",
        ".local/share/com.vercel.cli/auth.json",
        ".kaggle/kaggle.json",
        ".cache/huggingface/token",
        ".password-store/mail.gpg",
        ".local/share/keyrings/login.keyring",
        ".config/google-chrome/Default/Login Data",
        "Library/Application Support/Google/Chrome/Default/Cookies",
        "AppData/Local/Google/Chrome/User Data/Local State",
        ".mozilla/firefox/x.default/logins.json",
        ".config/discord/Local Storage/leveldb",
        "Library/Application Support/Slack/storage",
        ".config/Signal/config.json",
        ".local/share/TelegramDesktop/tdata/key_datas",
        ".electrum/wallets/default_wallet",
        ".near-credentials/mainnet/x.json",
        ".config/solana/id.json",
        ".claude/.credentials.json",
        ".gemini/oauth_creds.json",
        "Library/Application Support/Claude/claude_desktop_config.json",
        "AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt",
    ],
)
def test_credentials_are_known_below_any_home(path: str) -> None:
    assert "secret.read" in means(Value.literal(f"~/{path}"))
    assert "secret.read" in means(HOME.followed_by(Value.literal(f"/{path}")))
    assert "secret.read" in means(Value.literal(f"C:\\Users\\x\\{path}".replace("/", "\\")))


@pytest.mark.parametrize(
    "path",
    [
        "/var/run/secrets/kubernetes.io/serviceaccount/token",
        "/etc/kubernetes/admin.conf",
        "/run/secrets/token",
        "/etc/krb5.keytab",
        "C:\\Windows\\System32\\config\\SAM",
    ],
)
def test_keys_of_the_machine_are_known(path: str) -> None:
    assert means(Value.literal(path)) == {"secret.read"}


@pytest.mark.parametrize(
    "path",
    [
        "src/config.json",
        "docs/credentials.md",
        "nuget.config",
        "settings.xml",
        "gradle.properties",
        "config/system.yaml",
        "src/signal/config.ts",
        "src/slack/storage.ts",
        "lib/element/config.json.ts",
        "public/cookies.html",
        "stripe/index.ts",
        "fly/index.ts",
        "package.json",
        "src/wallets/index.ts",
        "history.txt",
        "chrome/manifest.json",
        "README.md",
        "settings/op.json",
        "mail/template.html",
        "src/chromium/launch.ts",
        "src/whatsapp/index.ts",
        "src/bitcoin/wallet.ts",
        "src/ethereum/accounts/index.ts",
        "src/bitwarden/client.py",
        "app/config/system",
        "config/security",
        "src/signal/sql/query.ts",
    ],
)
def test_files_of_a_project_are_no_credentials(path: str) -> None:
    assert means(Value.literal(path)) == set()


@pytest.mark.parametrize("path", ["~/Library/Messages/chat.db", "~/.thunderbird/x/Mail", "x.mbox", "~/.config/Signal/sql/db.sqlite"])
def test_personal_stores_are_known(path: str) -> None:
    assert "data.personal" in means(Value.literal(path))


def test_the_settings_of_agents_are_known_behind_an_unknown_folder() -> None:
    desktop = HOME.followed_by(Value.literal("/claude_desktop_config.json"))
    assert means(desktop, CapabilityId.FS_WRITE) == {"agent.config"}


@pytest.mark.parametrize("unit", ["/", "a/", ".config/", "Google/Chrome", "\\", "Library/", "Signal/", "nuget/", "Chrome/", " "])
def test_long_hostile_paths_are_read(unit: str) -> None:
    means(Value.literal(unit * 200_000))
    means(HOME.followed_by(Value.literal(unit * 200_000)))


PYTHON = """
import os
from pathlib import Path
def home(): return Path(os.environ["X"])
def folder(): return home() / ".aws"
def f(): return open(os.path.join(folder(), "credentials")).read()
"""
JAVASCRIPT = """
import fs from "fs"; import path from "path";
const home = () => process.env.X;
const folder = () => path.join(home(), ".aws");
export function f() { return fs.readFileSync(path.join(folder(), "credentials")); }
"""
GO = """
package main
import ("os"; "path/filepath")
func home() string { h, _ := os.UserHomeDir(); return h }
func folder() string { return filepath.Join(home(), ".aws") }
func main() { os.ReadFile(filepath.Join(folder(), "credentials")) }
"""
JAVA = """
import java.nio.file.*;
class M {
  String home() { return System.getProperty("user.home"); }
  Path folder() { return Path.of(home(), ".aws"); }
  String f() { return Files.readString(folder().resolve("credentials")); }
}
"""
CSHARP = """
using System; using System.IO;
class M {
  static string Home() => Environment.GetEnvironmentVariable("X");
  static string Folder() => Path.Combine(Home(), ".aws");
  string F() => File.ReadAllText(Path.Combine(Folder(), "credentials"));
}
"""
RUST = """
use std::path::PathBuf;
fn home() -> PathBuf { dirs::home_dir().unwrap() }
fn folder() -> PathBuf { home().join(".aws") }
fn f() { std::fs::read_to_string(folder().join("credentials")).unwrap(); }
"""
KOTLIN = """
import java.io.File
fun home(): String = System.getProperty("user.home")
fun f() = File(home(), ".aws/credentials").readText()
"""
JOINED = {
    "python": ("s.py", PYTHON),
    "javascript": ("s.ts", JAVASCRIPT),
    "go": ("main.go", GO),
    "java": ("M.java", JAVA),
    "csharp": ("M.cs", CSHARP),
    "rust": ("m.rs", RUST),
    "kotlin": ("M.kt", KOTLIN),
    "shell": ("s.sh", 'D="$X/.aws"\ncat "$D/credentials"\n'),
    "powershell": ("s.ps1", 'Get-Content (Join-Path $env:X ".aws/credentials")\n'),
}


@pytest.mark.parametrize("language", JOINED)
def test_paths_that_several_functions_join_are_known(language: str) -> None:
    path, code = JOINED[language]
    found = importlib.import_module(f"reviewer.inventory.languages.{language}").extract({path: code})
    assert "secret.read" in {str(held.id) for held in found.capabilities}
