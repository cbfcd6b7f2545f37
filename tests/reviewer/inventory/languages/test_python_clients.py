from __future__ import annotations

import textwrap

import pytest

from reviewer.inventory.languages.python import extract

_DOCKER = "import docker\nd = docker.from_env()"
_CLUSTER = "from kubernetes import client, stream\nv1 = client.CoreV1Api()"
_MAIL = "from googleapiclient.discovery import build\ns = build('gmail', 'v1')"
_SLACK = "from slack_sdk import WebClient\nc = WebClient('t')"
_GITLAB = "import gitlab\ng = gitlab.Gitlab()"
_LATER = "from apscheduler.schedulers.background import BackgroundScheduler\ns = BackgroundScheduler()"
_DATA, _CLOUD = {"data.query:configuration"}, {"data.query:configuration", "net.out:configuration"}
_ACCOUNT = {"data.personal:configuration", "net.out:configuration"}
_TEXTS = {"content.untrusted:configuration"}


def _powers(body: str, before: str) -> set[str]:
    head = f"from mcp.server.fastmcp import Context, FastMCP\nmcp = FastMCP('x')\n{before}\n"
    code = head + "@mcp.tool()\nasync def t(arg: str, ctx: Context):\n" + textwrap.indent(body, "    ") + "\n"
    (tool,) = extract({"server.py": code}).tools
    return {f"{each.id.value}:{each.scope.value}" for each in tool.capabilities}


@pytest.mark.parametrize(
    ("before", "body", "expected"),
    [
        (_DOCKER, "d.images.pull(arg)", {"install.software:tool-argument", "net.out:tool-argument"} | _DATA),
        (_DOCKER, "d.images.push('registry.example/x')", {"msg.send:literal", "net.out:literal"} | _DATA),
        (_DOCKER, "d.containers.get(arg).logs()", _TEXTS | _DATA),
        (_DOCKER, "d.containers.get('box').exec_run(arg)", {"proc.exec:tool-argument"} | _DATA),
        (_DOCKER, "d.containers.list()", _DATA),
        (_CLUSTER, "v1.read_namespaced_pod_log(name=arg, namespace='x')", _TEXTS | _CLOUD),
        (_CLUSTER, "v1.read_namespaced_secret(arg, 'x')", {"secret.read:tool-argument"} | _CLOUD),
        (_CLUSTER, "stream.stream(v1.connect_get_namespaced_pod_exec, 'p', 'x', command=[arg])", {"proc.exec:tool-argument"} | _CLOUD),
        (_CLUSTER, "v1.list_node()", _CLOUD),
        ("import ansible_runner", "ansible_runner.run(playbook=arg)", {"proc.exec:tool-argument"}),
        ("import jenkins\nj = jenkins.Jenkins('https://j.example')", "j.build_job(arg)", {"proc.exec:tool-argument"} | _CLOUD),
        ("import jenkins\nj = jenkins.Jenkins('https://j.example')", "j.get_build_console_output('a', 1)", _TEXTS | _CLOUD),
        (_GITLAB, "g.projects.get(arg).issues.create({})", {"msg.send:any"} | _ACCOUNT | _TEXTS),
        (_GITLAB, "g.projects.list()", _ACCOUNT | _TEXTS),
        ("import boto3\nc = boto3.client('logs')", "c.filter_log_events(logGroupName=arg)", _TEXTS | _CLOUD),
        ("import boto3\nc = boto3.client('logs')", "c.describe_log_groups()", _CLOUD),
        ("import boto3\nc = boto3.client('secretsmanager')", "c.get_secret_value(SecretId=arg)", {"secret.read:configuration"} | _CLOUD),
        ("import hvac\nc = hvac.Client()", "c.secrets.kv.v2.read_secret(path=arg)", {"secret.read:tool-argument"} | _CLOUD),
        ("import boto3\nc = boto3.client('sns')", "c.publish(TopicArn=arg, Message='x')", {"msg.send:tool-argument"} | _CLOUD),
        ("import boto3\nc = boto3.client('s3')", "c.download_file('b', 'k', arg)", {"fs.write:tool-argument"} | _CLOUD),
        ("from azure.identity import AzureCliCredential", "AzureCliCredential()", {"secret.read:configuration"}),
        ("from azure.identity import ClientSecretCredential", "ClientSecretCredential('a', 'b', 'c')", set()),
        (_SLACK, "c.chat_postMessage(channel=arg, text='x')", {"msg.send:tool-argument"} | _ACCOUNT),
        (_SLACK, "c.conversations_history(channel=arg)", _ACCOUNT | _TEXTS),
        (_MAIL, "s.users().messages().send(userId='me', body={}).execute()", {"msg.send:configuration"} | _ACCOUNT | _TEXTS),
        (_MAIL, "s.users().labels().list(userId='me').execute()", _ACCOUNT),
        (_LATER, "s.add_job(print)", {"persist:literal"}),
    ],
)  # fmt: skip
def test_calls_of_client_libraries_mean_what_they_reach(before: str, body: str, expected: set[str]) -> None:
    assert _powers(body, before) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("include_context='thisServer'", {"agent.observe:literal"}),
        ("include_context='allServers'", {"agent.observe:literal"}),
        ("include_context=arg", {"agent.observe:literal"}),
        ("include_context='none'", set()),
        ("max_tokens=9", set()),
    ],
)
def test_asking_the_model_observes_only_with_context(options: str, expected: set[str]) -> None:
    assert _powers(f"await ctx.session.create_message(messages=[], {options})", "") == expected


@pytest.mark.parametrize(
    ("code", "listens"),
    [
        ("from sanic import Sanic\napp = Sanic('x')\napp.run(port=1)", True),
        ("import azure.functions as func\napp = func.FunctionApp()", True),
        ("import grpc\nserver = grpc.server(None)\nserver.add_insecure_port('[::]:1')", True),
        ("from sanic import Sanic\napp = Sanic('x')", False),
        ("from shop import Sanic\napp = Sanic('x')\napp.run(port=1)", False),
    ],
)
def test_servers_of_frameworks_listen(code: str, listens: bool) -> None:  # noqa: FBT001  a parametrised expectation
    found = {each.id.value for each in extract({"server.py": code}).capabilities}
    assert ("net.listen" in found) is listens
