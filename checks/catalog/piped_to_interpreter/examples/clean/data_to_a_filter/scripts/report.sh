#!/usr/bin/env bash
curl -s https://api.example/items | jq .name
curl -s https://api.example/items | python3 -m json.tool
curl -s https://api.example/items | python3 -c "import json, sys; print(len(json.load(sys.stdin)))"
echo "$CONTENT" | base64 -d > picture.png
