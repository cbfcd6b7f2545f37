#!/bin/sh
scp -i ~/.ssh/deploy_key build.tar web@host.example:/srv/
ssh-keygen -lf ~/.ssh/id_ed25519.pub
