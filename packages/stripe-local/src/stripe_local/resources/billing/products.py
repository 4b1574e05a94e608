"""Products (https://docs.stripe.com/api/products)."""

from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit, update
from stripe_local.protocol.errors import Json, invalid
from stripe_local.protocol.parameters import only
from stripe_local.resources.billing import pricing

_PLAIN = (
    "active", "description", "images", "marketing_features", "metadata", "name", "statement_descriptor", "tax_code",
    "unit_label", "url",
)  # fmt: skip


@route("POST", "/v1/products", "ProductCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Create a product, with a default price if one is described."""
    only(params, *_PLAIN, "id", "default_price_data", "type")
    if "id" in params and unit.find(params["id"]) is not None:
        raise invalid(f"Product already exists: {params['id']}", param="id", code="resource_already_exists")
    default = params.pop("default_price_data", None)
    product = unit.create("product", "prod", {
        "active": True, "default_price": None, "description": None, "images": [], "marketing_features": [],
        "type": "service", "updated": unit.now, **params,
    })  # fmt: skip
    if default is not None:
        product["default_price"] = pricing.make(unit, {**default, "product": product["id"]})["id"]
    unit.emit("product.created", product)
    return product


@route("GET", "/v1/products/{product}", "ProductRetrieveParams")
def retrieve(unit: Unit, params: Json, product: str) -> Json:
    """Read a product."""
    del params
    return unit.get(product, "product")


@route("POST", "/v1/products/{product}", "ProductModifyParams")
def modify(unit: Unit, params: Json, product: str) -> Json:
    """Change a product."""
    only(params, *_PLAIN, "default_price")
    found = unit.get(product, "product")
    unit.referred(params, "default_price", "price")
    update(found, {**params, "updated": unit.now})
    unit.emit("product.updated", found)
    return found


@route("GET", "/v1/products", "ProductListParams")
def list_products(unit: Unit, params: Json) -> Json:
    """List products."""
    return page(unit, "product", "/v1/products", params)


@route("DELETE", "/v1/products/{product}")
def delete(unit: Unit, params: Json, product: str) -> Json:
    """Delete a product that has no prices."""
    del params
    found = unit.get(product, "product")
    if unit.select("price", product=product):
        raise invalid("This product cannot be deleted because it has one or more user-created prices.")
    found["_deleted"] = True
    unit.emit("product.deleted", found)
    return {"id": product, "object": "product", "deleted": True}
