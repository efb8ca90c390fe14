#!/bin/sh
# Make dist/dutydesk-VERSION-bundle.tar.gz: all that a machine without a registry needs beside its own Python. Wheels for
# x86_64 and aarch64 with the hashes of the lock, the installer, the deploy files, the pages. Needs a registry here.
# ARCHS and PYTHONS narrow it down, DIST says where to: ARCHS=x86_64 PYTHONS=3.11 scripts/bundle.sh
set -eu
cd "$(dirname "$0")/.."
archs=${ARCHS:-x86_64 aarch64}
pythons=${PYTHONS:-3.11 3.12 3.13}
pip() { .venv/bin/python -m pip -q --disable-pip-version-check "$@"; }

version=$(.venv/bin/python -c 'import dutydesk; print(dutydesk.__version__)')
name=dutydesk-$version
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/$name/wheels"

for arch in $archs; do
    for python in $pythons; do
        echo "正在取 Python $python、$arch 的依赖…" >&2
        pip download --no-deps --require-hashes --requirement requirements.lock --only-binary :all: \
            --implementation cp --python-version "$python" --abi "cp$(echo "$python" | tr -d .)" --abi abi3 --abi none \
            --platform "manylinux_2_17_$arch" --platform "manylinux2014_$arch" --platform "manylinux_2_28_$arch" \
            --dest "$work/$name/wheels"
    done
done
# Debian's Python has no pip of its own.
pip download --no-deps "pip==$(.venv/bin/python -c 'import pip; print(pip.__version__)')" --dest "$work/$name/wheels"
pip wheel --no-deps --no-build-isolation --wheel-dir "$work/$name/wheels" .

cp -R deploy docs requirements.lock LICENSE README.md README.zh.md "$work/$name/"
cp deploy/install.sh "$work/$name/install.sh"
chmod 755 "$work/$name/install.sh"
(cd "$work/$name" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum >SHA256SUMS)

dist=${DIST:-dist}
mkdir -p "$dist"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}" \
    -C "$work" -czf "$dist/$name-bundle.tar.gz" "$name"
echo "$dist/$name-bundle.tar.gz"
