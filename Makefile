# 科创通：every target does the set-up that it needs. All paths are relative, so that the checkout may lie
# in a folder with spaces or Chinese characters. "make" alone prints the targets.

PORT ?= 8000
PY := .venv/bin/python
VENDOR := kechuang/web/static/vendor
MESSAGES := kechuang/web/locale/.ready
.DEFAULT_GOAL := help
export PYTHONUNBUFFERED = 1
.NOTPARALLEL:
.PHONY: help setup demo test check docs bench clean reset

help:  ## 列出可用目标 · print the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

setup: .venv/.ready $(VENDOR)/.ready $(MESSAGES)  ## 安装依赖（其他目标会自动执行）· install everything; the other targets do it by themselves
	@:

demo: export KECHUANG_DEMO = 1
demo: setup  ## 启动演示城市，PORT=8123 可换端口 · serve the demo city on http://127.0.0.1:8000
	@$(PY) manage.py up --port $(PORT) --with-parent

test: setup  ## 运行全部测试，ARGS="…" 传给 pytest · run all tests; ARGS go to pytest
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup  ## 静态检查：格式、规范、分层、类型、迁移 · format, lint, layers, types, migrations
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	$(PY) -m mypy
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m pytest tests/test_architecture.py

docs: setup  ## 从程序重新生成 docs/reference · write docs/reference anew from the program
	$(PY) manage.py reference

bench: setup .venv/.bench  ## 运行基准测试，结果见 bench/results · run the benchmarks
	@for one in bench/[a-z]*.py; do echo "==> $$one"; PYTHONPATH=. $(PY) "$$one" || exit 1; done

clean:  ## 删除安装的依赖和缓存，保留数据 · remove what was installed; the data stay
	rm -rf .venv .uv node_modules $(VENDOR) var/test .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find kechuang tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

reset:  ## 删除演示数据（数据库和上传材料）· remove the demo city's data
	rm -rf var

# Python, by uv from the lock file: the uv on the PATH, or else one installed into .uv.
.venv/.ready: pyproject.toml uv.lock
	@for candidate in python3 python3.13 python3.12 python3.11; do \
		"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python="$$candidate" && break; \
	done; \
	if [ -z "$$python" ]; then \
		echo "需要 Python 3.11 或以上（如 apt install python3 python3-venv） · Python 3.11 or later is needed" >&2; exit 1; \
	fi; \
	if uv --version >/dev/null 2>&1; then uv="uv"; else uv=".uv/bin/uv"; fi; \
	if [ "$$uv" != uv ] && ! "$$uv" --version >/dev/null 2>&1; then \
		echo "==> 安装 uv · installing uv"; \
		"$$python" -m venv .uv && .uv/bin/python -m pip install --quiet --disable-pip-version-check uv || exit 1; \
	fi; \
	echo "==> 安装 Python 依赖 · installing Python packages"; \
	unset VIRTUAL_ENV; UV_PYTHON_DOWNLOADS=never $$uv sync --frozen --python "$$python"
	@touch $@

.venv/.bench: .venv/.ready
	@echo "==> 安装基准测试的依赖 · installing what the benchmarks compare with"
	@if uv --version >/dev/null 2>&1; then uv="uv"; else uv=".uv/bin/uv"; fi; \
	unset VIRTUAL_ENV; UV_PYTHON_DOWNLOADS=never $$uv sync --frozen --group bench
	@touch $@

# Translations, compiled from the catalogues.
$(MESSAGES): .venv/.ready $(wildcard kechuang/*/locale/en/LC_MESSAGES/*.po kechuang/services/*/locale/en/LC_MESSAGES/*.po)
	@$(PY) manage.py messages --compile
	@mkdir -p $(@D) && touch $@

# Front-end files, by npm from the lock file, copied to where Django finds them.
$(VENDOR)/.ready: package-lock.json
	@if ! node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null || ! npm --version >/dev/null 2>&1; then \
		echo "需要 Node.js 18 或以上和 npm（如 apt install nodejs npm） · Node.js 18 or later with npm is needed" >&2; exit 1; \
	fi
	@echo "==> 安装前端文件 · installing front-end files"
	@npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@mkdir -p $(VENDOR)
	@cp node_modules/@tabler/core/dist/css/tabler.min.css node_modules/@tabler/core/dist/js/tabler.min.js \
		node_modules/htmx.org/dist/htmx.min.js node_modules/echarts/dist/echarts.min.js $(VENDOR)/
	@touch $@
