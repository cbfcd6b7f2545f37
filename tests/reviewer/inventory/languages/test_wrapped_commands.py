"""Words of a command that go through functions of the submission, grow on the way, and are cut and joined, in typed languages."""

from __future__ import annotations

import importlib

import pytest

DIRECT = {"proc.exec:tool-argument", "data.query:configuration", "net.out:configuration", "content.untrusted:configuration"}
SHELL = DIRECT | {"code.eval:tool-argument"}

GO = """
package main
import ("context"; "fmt"; "os/exec"; "strings"; "github.com/mark3labs/mcp-go/mcp"; "github.com/mark3labs/mcp-go/server")
type Runner struct { bin string }
func (r *Runner) Run(args ...string) { exec.Command(r.bin, args...).Output() }
func kubectl(args ...string) { exec.Command("kubectl", args...).CombinedOutput() }
func listed(ctx context.Context, args []string) { exec.CommandContext(ctx, "kubectl", args...).Output() }
func whole(args []string) { exec.Command(args[0], args[1:]...).Output() }
func sh(line string) { exec.Command("sh", "-c", line).Output() }
func within(space string, args ...string) { all := []string{"-n", space}; all = append(all, args...); kubectl(all...) }
func grown(name string) { args := []string{"logs", name}; if name != "" { args = append(args, "-n", name) }; kubectl(args...) }
func found(name string) { path, _ := exec.LookPath("kubectl"); exec.Command(path, "logs", name).Output() }
func handle(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
  name := request.GetString("name", "")
  BODY
  return nil, nil
}
func main() { s := server.NewMCPServer("x", "1"); s.AddTool(mcp.NewTool("t"), handle); fmt.Print(strings.ToUpper("x")) }
"""
JAVA = """
package com.acme;
import org.springframework.ai.tool.annotation.Tool;
import java.util.*;
class Tools {
  String run(List<String> args) { new ProcessBuilder(args).start(); return ""; }
  String kubectl(String... args) {
    List<String> all = new ArrayList<>(); all.add("kubectl"); all.addAll(Arrays.asList(args)); new ProcessBuilder(all).start(); return "";
  }
  String more(List<String> args) { List<String> all = new ArrayList<>(List.of("kubectl")); all.addAll(args); return run(all); }
  String line(String line) { Runtime.getRuntime().exec(new String[]{"bash", "-c", line}); return ""; }
  @Tool(description = "t") String t(String name) { BODY }
}
"""
CSHARP = """
using System.Diagnostics;
using ModelContextProtocol.Server;
[McpServerToolType]
public static class Tools {
  static string Run(string file, string arguments) { Process.Start(new ProcessStartInfo(file, arguments)); return ""; }
  static string Each(string file, params string[] args) {
    var info = new ProcessStartInfo { FileName = file }; foreach (var x in args) info.ArgumentList.Add(x); Process.Start(info); return "";
  }
  static string Start(ProcessStartInfo info) { Process.Start(info); return ""; }
  static string Listed(List<string> args) { Process.Start("kubectl", args); return ""; }
  [McpServerTool] public static string T(string name) { BODY }
}
"""
RUST = """
use rmcp::{tool, tool_router};
use std::process::Command;
struct S;
fn run(args: &[&str]) { Command::new("kubectl").args(args).output().unwrap(); }
fn whole(program: &str, args: Vec<String>) { let mut c = Command::new(program); c.args(&args); c.output().unwrap(); }
fn cut(args: &[String]) { Command::new(&args[0]).args(&args[1..]).output().unwrap(); }
fn sh(line: &str) { Command::new("sh").arg("-c").arg(line).output().unwrap(); }
#[tool_router]
impl S { #[tool] fn t(&self, name: String) -> String { BODY String::new() } }
"""
CASES = {
    "go": (
        "main.go",
        GO,
        [
            ('kubectl("logs", name)', DIRECT),
            ('listed(ctx, []string{"logs", name})', DIRECT),
            ('whole([]string{"kubectl", "logs", name})', DIRECT),
            ('within(name, "logs", name)', DIRECT),
            ("grown(name)", DIRECT),
            ("found(name)", DIRECT),
            ('(&Runner{bin: "kubectl"}).Run("logs", name)', DIRECT),
            ('sh(fmt.Sprintf("kubectl -n %s logs %s", name, name))', SHELL),
            ('sh("kubectl " + strings.Join([]string{"logs", name}, " "))', SHELL),
        ],
    ),
    "java": (
        "Tools.java",
        JAVA,
        [
            ('return run(List.of("kubectl", "logs", name));', DIRECT),
            ('return kubectl("logs", name);', DIRECT),
            ('return more(List.of("logs", name));', DIRECT),
            (
                'List<String> a = new ArrayList<>(List.of("kubectl")); a.add("logs"); if (name != null) { a.add(name); } return run(a);',
                DIRECT,
            ),
            ('return line("kubectl -n " + name + " logs " + name);', SHELL),
            ('return line(String.format("kubectl -n %s logs %s", name, name));', SHELL),
            ('return line(String.join(" ", List.of("kubectl", "logs", name)));', SHELL),
        ],
    ),
    "csharp": (
        "Tools.cs",
        CSHARP,
        [
            ('return Run("kubectl", "logs " + name);', DIRECT),
            ('return Run("kubectl", $"-n {name} logs {name}");', DIRECT),
            ('return Run("kubectl", string.Join(" ", new[] { "logs", name }));', DIRECT),
            ('return Each("kubectl", "logs", name);', DIRECT),
            ('return Listed(new List<string> { "logs", name });', DIRECT),
            (
                'var args = new List<string> { "logs", name }; if (name != "") { args.Add("-n"); args.Add(name); } return Listed(args);',
                DIRECT,
            ),
            (
                'var i = new ProcessStartInfo("kubectl"); i.ArgumentList.Add("logs"); i.ArgumentList.Add(name); return Start(i);',
                DIRECT,
            ),
        ],
    ),
    "rust": (
        "main.rs",
        RUST,
        [
            ('run(&["logs", &name]);', DIRECT),
            ('whole("kubectl", vec!["logs".to_string(), name]);', DIRECT),
            ('cut(&["kubectl".to_string(), "logs".to_string(), name]);', DIRECT),
            ('let mut args = vec!["logs", &name]; if name.len() > 1 { args.push("-n"); } run(&args);', DIRECT),
            ('let mut c = Command::new("kubectl"); c.arg("logs"); if name.len() > 1 { c.arg(&name); } c.output().unwrap();', DIRECT),
            ('let mut c = Command::new("kubectl"); c.current_dir(&name).arg("logs").arg("x"); c.output().unwrap();', DIRECT),
            ('Command::new("kubectl").current_dir(&name).env("A", "b").args(["logs", "x"]).output().unwrap();', DIRECT),
            ('sh(&format!("kubectl -n {} logs {}", name, name));', SHELL),
            ('sh(&["kubectl", "logs", &name].join(" "));', SHELL),
        ],
    ),
}


@pytest.mark.parametrize(
    ("language", "body", "expected"), [(language, body, expected) for language, (_, _, rows) in CASES.items() for body, expected in rows]
)
def test_words_are_carried_through_wrappers(language: str, body: str, expected: set[str]) -> None:
    path, code, _ = CASES[language]
    extraction = importlib.import_module(f"reviewer.inventory.languages.{language}").extract({path: code.replace("BODY", body)})
    (tool,) = extraction.tools
    assert {f"{held.id}:{held.scope}" for held in tool.capabilities} == expected
