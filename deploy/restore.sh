#!/bin/sh
# 恢复: deploy/restore.sh 备份文件   Everything that is there now is replaced. Stop the site and the worker first.
set -eu
archive=$(realpath "${1:?用法 · usage: deploy/restore.sh ARCHIVE}")
printf '现有数据将被替换，输入 yes 继续 · this replaces all data, type yes: '
read -r answer
test "$answer" = yes || exit 1
cd "$(dirname "$0")/.."
exec .venv/bin/python manage.py restore "$archive" --yes
