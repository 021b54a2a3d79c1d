#!/bin/sh
# 备份: deploy/backup.sh [目录]   KEEP=30 is how many archives stay; the folder is var/backups unless given.
set -eu
folder=$(realpath -m "${1:-$(dirname "$0")/../var/backups}")
cd "$(dirname "$0")/.."
exec .venv/bin/python manage.py backup "$folder" --keep "${KEEP:-30}"
