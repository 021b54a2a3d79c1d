"""接口总成 site: the API with all its parts, and what its OpenAPI says beside what the views declare."""

from collections.abc import Iterator
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from pydantic import BaseModel

from kechuang.core.keys.models import Scope
from kechuang.web.api import cases, city, finding, listings, matching, mine, problems
from kechuang.web.api.caller import caller_of
from kechuang.web.api.contents import content_models
from kechuang.web.api.reading import PlainParser

DESCRIPTION = """与网页相同的查询和动作，权限按本人现在的身份判断。公开信息不需要密钥；其余用“我的密钥”里创建的密钥，
放在请求头 `Authorization: Bearer …`。出错时返回 application/problem+json。"""
_REF = "#/components/schemas/{model}"
# What any call may get; writes further 409, 412 and 428.
_ALWAYS = (400, 401, 403, 404, 405, 413, 415, 422, 429)
_WRITES = (409, 412, 428)


class Api(NinjaAPI):
    """接口: ninja's, with the errors, scopes and headers that all calls share written into the schema."""

    made: OpenAPISchema | None = None

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of the view, which is used once."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """The schema as ninja writes it, completed; made once, since nothing in it changes while the program runs."""
        if self.made is None:
            self.made = self._complete_schema(**given)
        return self.made

    def _complete_schema(self, **given: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**given)
        _add_components(schema)
        for operation, described in _operations(self, schema):
            _complete(described, operation.view_func)
        return schema


def _operations(api: NinjaAPI, schema: OpenAPISchema) -> Iterator[tuple[Operation, dict[str, Any]]]:
    by_id = {op["operationId"]: op for methods in schema["paths"].values() for op in methods.values()}
    for bound in api._get_bound_routers():  # noqa: SLF001 - ninja gives no other way from schema to view
        for view in bound.path_operations.values():
            for operation in view.operations:
                yield operation, by_id[operation.operation_id or api.get_openapi_operation_id(operation)]


def _add_components(schema: OpenAPISchema) -> None:
    components = schema["components"]
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "在“我的密钥”创建"},
    }
    schemas = components["schemas"]
    models: list[type[BaseModel]] = [problems.Problem, *content_models().values()]
    for model in models:
        made = model.model_json_schema(ref_template=_REF)
        schemas.update(made.pop("$defs", {}))
        schemas[model.__name__] = made
    components["responses"] = {
        f"problem-{status}": {
            "description": title,
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}},
        }
        for status, title in problems.TITLES.items()
    }
    contents = [{"$ref": _REF.format(model=model.__name__)} for model in content_models().values()]
    for name in ("Sent", "NewSent"):
        schemas[name]["properties"]["content"] |= {"anyOf": contents}


def _complete(described: dict[str, Any], view: Any) -> None:
    """Scope, security, the headers of writes, and the errors that any call may get."""
    writes = getattr(view, "writes", False)
    scope = getattr(view, "scope", Scope.READ_PUBLIC)
    described["x-scope"] = scope.value
    described["security"] = [{}, {"key": []}] if scope == Scope.READ_PUBLIC else [{"key": []}]
    for status in (*_ALWAYS, *(_WRITES if writes else ())):
        described["responses"][status] = {"$ref": f"#/components/responses/problem-{status}"}
    if writes:
        token = {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"}
        tag = {"type": "string", "maxLength": 200, "pattern": "^[!-~]+$"}
        described["parameters"] += [
            _header("Idempotency-Key", token, "同一编号重发，24 小时内得到同一个答复，只办一次"),
            _header("If-Match", tag, "读取时得到的 ETag；修改发布信息时必须有"),
        ]


def _header(name: str, schema: dict[str, Any], words: str) -> dict[str, Any]:
    return {"in": "header", "name": name, "schema": schema, "required": False, "description": words}


def _api() -> Api:
    made = Api(
        title="科创通 API",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        openapi_url="openapi.json",
        urls_namespace="api-v1",
        auth=caller_of,
        parser=PlainParser(),
    )
    problems.register(made)
    for part in (finding, listings, matching, cases, city, mine):
        made.add_router("", part.router)
    return made


api = _api()
