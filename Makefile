# 值班台：全部目标见 `make`。环境装在 .venv，演示数据放在 .demo，都不进版本库。
.DEFAULT_GOAL := help
.PHONY: help run run-fresh test lint lock bundle clean
export PYTHON

help: ## 列出全部目标
	@printf '用法：make 目标\n\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1	\2/p' Makefile | expand -t 14

run: ## 打开演示区的值班台（第一次会准备环境和数据）
	@./scripts/environment.sh run
	@mkdir -p .demo
	@exec env DUTYDESK_DATABASE="sqlite:///$$PWD/.demo/district.db" .venv/bin/dutydesk demo

run-fresh: ## 丢掉原来的演示数据，重新开始
	@./scripts/environment.sh run
	@rm -rf .demo
	@$(MAKE) --no-print-directory run

test: ## 跑全部测试
	@./scripts/environment.sh dev
	@.venv/bin/python -m pytest -n auto

lint: ## 查代码格式、类型和分层
	@./scripts/environment.sh dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

lock: ## 按 pyproject.toml 重新锁定全部依赖的版本
	@./scripts/environment.sh dev
	@.venv/bin/python -m pip install --quiet uv
	@for kind in build:requirements.lock dev:requirements-dev.lock; do \
	  .venv/bin/uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-annotate \
	    --custom-compile-command 'make lock' --group $${kind%%:*} --output-file $${kind#*:} || exit; \
	done

bundle: ## 做一个安装包，给没有软件源的内网机器（x86_64 和 aarch64）
	@./scripts/environment.sh run
	@./scripts/bundle.sh

clean: ## 删除环境、缓存和构建产物（演示数据留着）
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
