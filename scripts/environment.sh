#!/bin/sh
# Make .venv hold what the lock says: `environment.sh run` for the desk alone, `environment.sh dev` for tests and
# linters too. Nothing is done when .venv is as it should be; a changed lock, or a moved checkout, builds it anew.
# PYTHON names the interpreter to use.
set -eu
cd "$(dirname "$0")/.."
wanted=$1
stamp=.venv/.made-from

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

signature=$(pwd | cat - requirements.lock requirements-dev.lock | cksum)
made=$(cat "$stamp" 2>/dev/null || true)
if [ -x .venv/bin/python ] && [ -x .venv/bin/dutydesk ]; then
    case $made in
        "dev $signature" | "$wanted $signature") exit 0 ;;
    esac
else
    made=
fi

find_python() {
    for python in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            return
        fi
    done
    if [ -n "${PYTHON:-}" ]; then
        fail "$PYTHON 不能用：需要 Python 3.11 或更高版本。请改正 PYTHON=… 再试。"
    fi
    fail "没有找到 Python 3.11 或更高版本。请先安装（Debian、Ubuntu：sudo apt install python3 python3-venv），再试；也可用 make run PYTHON=路径 指定。"
}

if [ "$made" != "run $signature" ]; then
    find_python
    "$python" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
        fail "$python 缺少 venv 组件。请先安装（Debian、Ubuntu：sudo apt install python3-venv），再试。"
    echo "正在用 $("$python" --version 2>&1) 创建运行环境 .venv …"
    "$python" -m venv --clear .venv || fail "运行环境 .venv 没有建成：请检查磁盘空间和目录权限后再试。"
fi
rm -f "$stamp"

lock=requirements.lock
[ "$wanted" = run ] || lock=requirements-dev.lock
echo "正在安装 $(grep -c '==' "$lock") 个依赖（第一次需要联网，约一分钟）…"
pip() { .venv/bin/python -m pip -qq --disable-pip-version-check "$@"; }
pip install --require-hashes --requirement "$lock" && pip install --no-deps --no-build-isolation --editable . ||
    fail "依赖没有装好：请检查网络或 pip 的镜像设置后再试。"
echo "$wanted $signature" >"$stamp"
echo "运行环境已就绪。"
