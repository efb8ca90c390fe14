#!/bin/sh
# 安装或升级值班台，不联网：在解开的安装包里以 root 执行 ./install.sh。只需要 Python 3.11 或更高版本。
# 每个版本装在自己的目录（/opt/dutydesk-版本），/opt/dutydesk 指着在用的一个；./install.sh --back 换回上一个版本。
# PREFIX 换别的位置（默认 /opt/dutydesk），PYTHON 指定解释器。
set -eu
cd "$(dirname "$0")"
prefix=${PREFIX:-/opt/dutydesk}

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

use() { # put the link in place in one step: desks that open now find the one or the other
    ln -sfn "$1" "$prefix.new"
    mv -T "$prefix.new" "$prefix"
}

if [ -e "$prefix" ] && [ ! -L "$prefix" ]; then
    fail "$prefix 已经有了，而且不是本安装包装的。请先把它改名或移走，再试。"
fi
now=$(readlink "$prefix" 2>/dev/null || true)

if [ "${1:-}" = --back ]; then
    before=$(cat "$prefix.before" 2>/dev/null || true)
    [ -n "$before" ] && [ -x "$before/bin/dutydesk" ] || fail "没有可以换回的上一个版本。"
    use "$before"
    printf '%s\n' "$now" >"$prefix.before"
    echo "已换回：$before。数据库若已升级，请用升级前的备份恢复，见 deploy/README.md。"
    exit 0
fi

sha256sum --quiet --check SHA256SUMS || fail "安装包不完整或被改动过，请重新拷贝。"
for python in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        found=$python
        break
    fi
done
[ -n "${found:-}" ] || fail "没有找到 Python 3.11 或更高版本，请先从系统的光盘或内网软件源安装 python3。"

version=$(basename wheels/dutydesk-*.whl | cut -d- -f2)
place=$prefix-$version
[ "$place" != "$now" ] || fail "$version 已经在用。"
rm -rf "$place"
"$found" -m venv --without-pip "$place" || fail "$place 没有建成：请检查磁盘空间和目录权限。"
pip() { "$place/bin/python" "$(echo wheels/pip-*.whl)/pip" -q --disable-pip-version-check "$@"; }
if ! pip install --no-index --find-links wheels --no-deps --only-binary :all: --require-hashes \
    --requirement requirements.lock || ! pip install --no-index --no-deps wheels/dutydesk-*.whl; then
    rm -rf "$place"
    fail "没有装好，原来的版本没有动。安装包里没有这个 Python 或处理器用的文件时会这样：$("$found" --version)，$(uname -m)。"
fi
"$place/bin/dutydesk" --help >/dev/null || fail "$place 装好了却打不开，原来的版本没有动。"
if [ -n "$now" ]; then printf '%s\n' "$now" >"$prefix.before"; fi
use "$place"
echo "已装好 $version：$place，$prefix 指着它。${now:+上一个版本 $now 还在，换回用 ./install.sh --back。}"
